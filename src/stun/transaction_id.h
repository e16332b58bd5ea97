// The twelve bytes that pair a STUN response with its request (RFC 8489 5).
#pragma once

#include <array>
#include <compare>
#include <cstddef>

#include "crypto/random.h"

namespace fz::stun {

struct TransactionId {
    std::array<std::byte, 12> bytes{};

    [[nodiscard]] static TransactionId random(crypto::Random& source) noexcept {
        return {source.bytes<12>()};
    }
    friend auto operator<=>(const TransactionId&, const TransactionId&) = default;
};

}  // namespace fz::stun
