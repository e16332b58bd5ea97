#include "tunnel/roster.h"

namespace fz::tunnel {

PathKind path_kind_of(const std::optional<Selected>& pair) noexcept {
    if (!pair) return PathKind::connecting;
    const bool relayed = pair->local_kind == ice::CandidateKind::relay ||
                         pair->remote_kind == ice::CandidateKind::relay;
    return relayed ? PathKind::relayed : PathKind::direct;
}

std::string_view name_of(PathKind kind) noexcept {
    switch (kind) {
        case PathKind::connecting:
            return "connecting";
        case PathKind::direct:
            return "direct";
        case PathKind::relayed:
            return "relayed";
    }
    return "unknown";
}

}  // namespace fz::tunnel
