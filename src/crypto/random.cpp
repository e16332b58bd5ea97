#include "crypto/random.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "crypto/raw.h"

namespace fz::crypto {

namespace {

constexpr std::array<unsigned char, crypto_stream_chacha20_NONCEBYTES> kZeroNonce{};
static_assert(kKeySize == crypto_stream_chacha20_KEYBYTES);

}  // namespace

// The stream's first block becomes the next seed; what the caller gets starts at the second.
void Random::fill(MutBytes out) noexcept {
    std::fill(out.begin(), out.end(), std::byte{0});
    if (!out.empty()) {
        crypto_stream_chacha20_xor_ic(raw(out), raw(out), out.size(), kZeroNonce.data(), 1,
                                      raw(std::as_const(seed_).bytes()));
    }
    Secret next;
    crypto_stream_chacha20(raw(next.bytes()), kKeySize, kZeroNonce.data(),
                           raw(std::as_const(seed_).bytes()));
    seed_ = next;
}

std::uint32_t Random::u32() noexcept { return load_le<std::uint32_t>(bytes<4>().data()); }

std::uint64_t Random::u64() noexcept { return load_le<std::uint64_t>(bytes<8>().data()); }

// Multiplication maps 2^32 draws onto `bound` results; the first 2^32 mod `bound` low halves are
// the surplus that would favour some results. At most every second draw is thrown away.
std::uint32_t Random::below(std::uint32_t bound) noexcept {
    FZ_ASSERT(bound != 0);
    const std::uint32_t surplus = (0u - bound) % bound;
    for (;;) {
        const std::uint64_t product = std::uint64_t{u32()} * bound;
        if (static_cast<std::uint32_t>(product) >= surplus)
            return static_cast<std::uint32_t>(product >> 32);
    }
}

Secret Random::secret() noexcept {
    Secret drawn;
    fill(drawn.bytes());
    return drawn;
}

}  // namespace fz::crypto
