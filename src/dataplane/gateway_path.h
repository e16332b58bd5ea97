// The packet path of a gateway.
#pragma once

#include "dataplane/client_router.h"
#include "dataplane/packet_path.h"

namespace fz::dataplane {

class GatewayPath final : public PacketPath {
  public:
    /// `directory` outlives the path.
    explicit GatewayPath(const Directory& directory) noexcept
        : directory_(directory), router_(directory) {}

    void ingress(std::span<wire::IncomingTrain>& trains, Instant now, Lane& lane) noexcept override;
    void egress(std::span<wire::SuperPacket>& packets, Instant now, Lane& lane) noexcept override;

  private:
    const Directory& directory_;
    ClientRouter router_;
};

}  // namespace fz::dataplane
