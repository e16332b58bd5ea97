#include "turn/request.h"

#include "stun/attributes.h"
#include "stun/builder.h"

namespace fz::turn {

stun::Method method_of(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::find_server:
        case Purpose::keep_alive:
            return stun::Method::binding;
        case Purpose::allocate:
            return stun::Method::allocate;
        case Purpose::refresh:
        case Purpose::probe:
        case Purpose::clear_stale:
        case Purpose::release:
            return stun::Method::refresh;
        case Purpose::bind_channel:
            break;
    }
    return stun::Method::channel_bind;
}

stun::RetransmitPolicy policy_of(Purpose purpose) noexcept {
    const bool once = purpose == Purpose::probe || purpose == Purpose::release;
    return once ? stun::kProbePolicy : stun::kTurnPolicy;
}

bool is_authenticated(Purpose purpose) noexcept {
    return method_of(purpose) != stun::Method::binding;
}

wire::Transmit encode(const Request& request, const stun::TransactionId& id, const Auth& auth) {
    wire::Transmit transmit{.src = std::nullopt, .dst = request.to, .payload = {}};
    stun::Builder builder(transmit.payload, stun::Class::request, method_of(request.purpose), id);
    switch (request.purpose) {
        case Purpose::allocate:
            builder.requested_transport(stun::kTransportUdp)
                .additional_address_family(wire::Family::v6);
            break;
        case Purpose::clear_stale:
        case Purpose::release:
            builder.lifetime(0s);
            break;
        case Purpose::bind_channel:
            builder.channel_number(request.binding.number).xor_peer_address(request.binding.peer);
            break;
        case Purpose::find_server:
        case Purpose::keep_alive:
        // A REFRESH names neither transport nor family: a standard server refuses the first with
        // 420 and takes the second as a wish to refresh that family only.
        case Purpose::refresh:
        case Purpose::probe:
            break;
    }
    if (is_authenticated(request.purpose)) auth.sign(builder);
    return transmit;
}

}  // namespace fz::turn
