// The fate of a packet under policy, by name, and what the sender of a refused one is told.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/icmp_error.h"

namespace fz::policy {

enum class Verdict : std::uint8_t {
    forward,
    // from the client
    multicast,            ///< multicast and broadcast are not forwarded; no answer
    source_not_client,    ///< the source is not the client's tunnel address; prohibited
    hairpin,              ///< the destination is another tunnel address; prohibited
    no_resource,          ///< no resource of the client covers the destination; prohibited
    filtered,             ///< resources cover it and their filters exclude it; prohibited
    private_destination,  ///< the Internet resource ends at special networks; net unreachable
    // for the client; never answered
    not_for_client,  ///< the destination is not the client's tunnel address
    reply_filtered,  ///< no resource of the client permits what comes back
};

/// The ICMP error that answers a packet refused so, or nothing.
[[nodiscard]] constexpr std::optional<wire::IcmpAnswer> answer_of(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::source_not_client:
        case Verdict::hairpin:
        case Verdict::no_resource:
        case Verdict::filtered:
            return wire::IcmpAnswer::prohibited;
        case Verdict::private_destination:
            return wire::IcmpAnswer::net_unreachable;
        case Verdict::forward:
        case Verdict::multicast:
        case Verdict::not_for_client:
        case Verdict::reply_filtered:
            break;
    }
    return std::nullopt;
}

}  // namespace fz::policy
