// The gateway's way back: to the connected client whose tunnel address it is, if it may hear it.
#pragma once

#include "dataplane/directory.h"
#include "dataplane/egress.h"

namespace fz::dataplane {

class ClientRouter final : public Router {
  public:
    /// `directory` outlives the router.
    explicit ClientRouter(const Directory& directory) noexcept : directory_(directory) {}

    /// Errors: not_a_peer, unknown_peer, no_access, and what the client's access says.
    [[nodiscard]] Expected<PeerState*, Drop> route(const wire::IpPacketView& packet,
                                                   Lane& lane) const noexcept override;

  private:
    const Directory& directory_;
};

}  // namespace fz::dataplane
