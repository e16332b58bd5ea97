// Host name lookup that never blocks the control thread: asked now, answered as a polled value.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "slowpath/event_loop.h"
#include "wire/ip_addr.h"

namespace fz::slowpath {

struct ResolverAnswer {
    std::string host;
    /// In the system's order (RFC 6724), without duplicates, never empty.
    Expected<std::vector<wire::IpAddr>> addresses;
};

/// The system's resolver (getaddrinfo: hosts file, resolv.conf, nsswitch), each lookup on a thread
/// of its own, for which nobody waits: neither the destructor nor the process's end. The loop
/// outlives it.
class Resolver {
  public:
    explicit Resolver(EventLoop& loop);
    ~Resolver();

    /// Starts a lookup. An address literal, with or without brackets, answers itself.
    void lookup(std::string host);
    /// The next finished lookup; nothing also marks the source as drained.
    [[nodiscard]] std::optional<ResolverAnswer> poll_answer();
    [[nodiscard]] SourceId source() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
