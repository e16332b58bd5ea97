// Errors of sockets and devices: each one counted, each kind reported at the right level.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "base/log_limit.h"
#include "worker/mailbox.h"

namespace fz::app {

using worker::Door;
using worker::IoError;

[[nodiscard]] std::string_view name_of(Door door) noexcept;

/// What an operator should know of it: `expected` errors come with the network (a peer went away),
/// `hint` is a local firewall, once; the rest is `unusual`.
enum class Severity : std::uint8_t { expected, hint, unusual };
[[nodiscard]] Severity severity_of(int error) noexcept;

class IoErrors {
  public:
    /// Counts it and writes a line: debug for expected ones, a few per second (anybody can make us
    /// answer an address that does not exist); else a warning, of which each kind gets one with its
    /// first error and one whenever its count passes a power of ten.
    void add(const IoError& error, Instant now);
    [[nodiscard]] std::uint64_t count(Door door, int error) const;
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  private:
    std::map<std::pair<Door, int>, std::uint64_t> counts_;
    std::uint64_t total_ = 0;
    log::Limit expected_;
};

}  // namespace fz::app
