// Where fz-stat's figures come from: the page of the gateway that runs in this network namespace.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/expected.h"
#include "os/shared_memory.h"
#include "telemetry/page.h"
#include "telemetry/peer_report.h"

namespace fz::stat {

/// Why there are no figures, and with which status the program ends because of that.
struct Failure {
    std::string sentence;
    int status;
};

class Source {
  public:
    [[nodiscard]] static Expected<Source, Failure> open();

    /// The gateway now.
    [[nodiscard]] Expected<telemetry::Snapshot, Failure> look() const;

  private:
    explicit Source(os::Mapping page) noexcept : page_(std::move(page)) {}

    os::Mapping page_;
};

/// The connected clients. The gateway tells of some at a time, so that thousands do not keep it
/// from its work; `told` gets each answer as it came.
[[nodiscard]] Expected<std::vector<telemetry::PeerReport>, Failure> fetch_peers(
    const std::function<void(const std::string&)>& told = [](const std::string&) {});

/// One question to the gateway, without the first line of its answer.
[[nodiscard]] Expected<std::string, Failure> ask(std::string_view command);

}  // namespace fz::stat
