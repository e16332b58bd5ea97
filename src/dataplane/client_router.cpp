#include "dataplane/client_router.h"

#include "dataplane/verdict.h"
#include "wire/firezone_ranges.h"

namespace fz::dataplane {

Expected<PeerState*, Drop> ClientRouter::route(const wire::IpPacketView& packet,
                                               Lane&) const noexcept {
    if (!wire::is_peer(packet.dst())) return Unexpected{Drop::not_a_peer};
    PeerState* peer = directory_.peer_of_address(packet.dst());
    if (peer == nullptr) return Unexpected{Drop::unknown_peer};
    const policy::Access* access = peer->access();
    if (access == nullptr) return Unexpected{Drop::no_access};
    if (const auto refusal = drop_of(access->inbound(packet))) return Unexpected{*refusal};
    return peer;
}

}  // namespace fz::dataplane
