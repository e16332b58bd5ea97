// The name under which the data plane counts a packet that policy refused.
#pragma once

#include <optional>

#include "dataplane/drop.h"
#include "policy/verdict.h"

namespace fz::dataplane {

[[nodiscard]] constexpr std::optional<Drop> drop_of(policy::Verdict verdict) noexcept {
    switch (verdict) {
        case policy::Verdict::forward:
            return std::nullopt;
        case policy::Verdict::multicast:
            return Drop::multicast;
        case policy::Verdict::source_not_client:
            return Drop::source_not_client;
        case policy::Verdict::hairpin:
            return Drop::hairpin;
        case policy::Verdict::no_resource:
            return Drop::no_resource;
        case policy::Verdict::filtered:
            return Drop::filtered;
        case policy::Verdict::private_destination:
            return Drop::private_destination;
        case policy::Verdict::not_for_client:
            return Drop::not_for_client;
        case policy::Verdict::reply_filtered:
            return Drop::reply_filtered;
    }
    return Drop::no_resource;
}

}  // namespace fz::dataplane
