#include "ice/binding.h"

#include "stun/builder.h"

namespace fz::ice {

std::optional<wire::DatagramBytes> write_request(const BindingRequest& request,
                                                 Bytes key) noexcept {
    std::optional<wire::DatagramBytes> out(std::in_place);
    stun::Builder builder(*out, stun::Class::request, stun::Method::binding, request.id);
    builder.username(request.username);
    if (request.role == Role::controlling) {
        builder.ice_controlling(request.tie_breaker);
    } else {
        builder.ice_controlled(request.tie_breaker);
    }
    builder.priority(request.priority);
    if (request.purpose == Purpose::nominate) builder.use_candidate();
    builder.integrity(key).fingerprint();
    if (!builder.ok()) out.reset();
    return out;
}

wire::DatagramBytes write_success(const stun::TransactionId& id, const wire::SocketAddr& mapped,
                                  Bytes key) noexcept {
    wire::DatagramBytes out;
    stun::Builder(out, stun::Class::success, stun::Method::binding, id)
        .xor_mapped_address(mapped)
        .integrity(key)
        .fingerprint();
    return out;
}

wire::DatagramBytes write_role_conflict(const stun::TransactionId& id, Bytes key) noexcept {
    wire::DatagramBytes out;
    stun::Builder(out, stun::Class::error, stun::Method::binding, id)
        .error_code(487, "Role Conflict")
        .integrity(key)
        .fingerprint();
    return out;
}

}  // namespace fz::ice
