#include "crypto/aead_choice.h"

#include <algorithm>
#include <numeric>

namespace fz::crypto {
namespace {

constexpr int kRounds = 5;
constexpr int kPackets = 64;  ///< per round and size

/// The time to seal and open one packet, divided by two.
Duration measure(AeadPrimitive& aead, MutBytes sealed, const std::function<Instant()>& clock) {
    const Bytes text = sealed.first(sealed.size() - kAeadTagSize);
    const Instant begin = clock();
    for (int i = 0; i < kPackets; ++i) {
        const Nonce nonce{std::byte(i)};
        aead.seal({}, nonce, {}, text, sealed.data());
        static_cast<void>(aead.open({}, nonce, {}, sealed));
    }
    return (clock() - begin) / (2 * kPackets);
}

Duration total(const AeadChoice::Cost& cost) {
    return std::accumulate(cost.per_packet.begin(), cost.per_packet.end(), Duration{});
}

}  // namespace

AeadChoice choose_aead(const std::function<Instant()>& clock) {
    std::vector<std::unique_ptr<AeadPrimitive>> primitives;
    AeadChoice choice{};
    for (const AeadProvider provider : aead_providers()) {
        primitives.push_back(make_aead(provider));
        choice.costs.push_back({provider, {}});
        choice.costs.back().per_packet.fill(Duration::max() / kMeasuredSizes.size());
    }
    for (int round = 0; round < kRounds; ++round)
        for (std::size_t p = 0; p < primitives.size(); ++p)
            for (std::size_t s = 0; s < kMeasuredSizes.size(); ++s) {
                std::vector<std::byte> sealed(kMeasuredSizes[s] + kAeadTagSize);
                Duration& best = choice.costs[p].per_packet[s];
                best = std::min(best, measure(*primitives[p], sealed, clock));
            }
    choice.fastest =
        std::min_element(choice.costs.begin(), choice.costs.end(),
                         [](const auto& a, const auto& b) { return total(a) < total(b); })
            ->provider;
    return choice;
}

}  // namespace fz::crypto
