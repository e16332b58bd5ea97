// Which AEAD provider is the fastest on this machine, by a measurement of a few milliseconds.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "base/time.h"
#include "crypto/aead_primitive.h"

namespace fz::crypto {

/// Packets of a chatty flow, of a mixed one, and of a bulk transfer, in bytes.
inline constexpr std::array<std::size_t, 3> kMeasuredSizes{128, 512, 1280};

struct AeadChoice {
    struct Cost {
        AeadProvider provider;
        std::array<Duration, kMeasuredSizes.size()> per_packet;  ///< to open one, by size
    };
    AeadProvider fastest;
    std::vector<Cost> costs;
};

/// Opens packets of each size with each provider in turn, five rounds of about 0.2 ms, and takes
/// each one's best round. The fastest is the one that needs least for the bytes of a bulk transfer
/// and the packets of small ones: one packet of each size.
/// `clock` reads a monotonic clock.
[[nodiscard]] AeadChoice choose_aead(const std::function<Instant()>& clock);

}  // namespace fz::crypto
