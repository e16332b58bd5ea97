// Writes what the control thread knows about the gateway to the shared page, once a second.
//
// Workers write their own figures; nobody who reads the page disturbs either of them.
#pragma once

#include "base/time.h"
#include "telemetry/page.h"

namespace fz::doors {
class Doorkeeper;
}
namespace fz::slowpath {
class PortalLink;
}
namespace fz::tunnel {
class Roster;
}

namespace fz::app {

class Observer {
  public:
    /// `facts` holds what does not change. `roster` may be nullptr. All arguments outlive the
    /// observer.
    Observer(telemetry::PageWriter& page, const telemetry::GatewayFacts& facts,
             const doors::Doorkeeper& doorkeeper, const slowpath::PortalLink& portal,
             const tunnel::Roster* roster, Instant now);

    /// At once when the portal has come or gone.
    [[nodiscard]] Instant poll_timeout() const noexcept;
    void handle_timeout(Instant now, std::uint64_t io_errors);

    /// To be given to those who may read it.
    [[nodiscard]] int page_descriptor() const noexcept { return page_.read_only_fd(); }

  private:
    void describe_peers();
    void describe_doors(Instant now);

    telemetry::PageWriter& page_;
    const doors::Doorkeeper& doorkeeper_;
    const slowpath::PortalLink& portal_;
    const tunnel::Roster* const roster_;
    telemetry::GatewayFacts facts_;
    Instant began_;
    std::uint64_t began_cycles_;
    Instant next_look_;
};

}  // namespace fz::app
