#include "wire/checksum.h"

#include <bit>

#include "base/assert.h"

namespace fz::wire {
namespace {

constexpr std::uint16_t fold(std::uint64_t sum) noexcept {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

constexpr std::uint16_t to_native(std::uint16_t big_endian) noexcept {
    return std::endian::native == std::endian::little ? byte_swap(big_endian) : big_endian;
}

constexpr std::size_t kBlock = 64;  // bytes

/// Four words at once; every vector unit can do it, the compiler chooses how.
using Words [[gnu::vector_size(32)]] = std::uint64_t;

/// Of whole blocks: the halves of 64-bit words, each into a sum of its own, so that no carry is
/// lost before 2^32 of them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
[[gnu::target_clones("avx2", "default")]]
#endif
std::uint64_t
sum_of_blocks(const std::byte* data, std::size_t size) noexcept {
    Words low{}, high{};
    for (const std::byte* const end = data + size; data != end; data += kBlock) {
        Words first, second;
        std::memcpy(&first, data, sizeof first);
        std::memcpy(&second, data + sizeof first, sizeof second);
        low += (first & 0xffffffff) + (second & 0xffffffff);
        high += (first >> 32) + (second >> 32);
    }
    const Words sum = low + high;
    return sum[0] + sum[1] + sum[2] + sum[3];
}

}  // namespace

InternetChecksum& InternetChecksum::add(Bytes piece) noexcept {
    const std::size_t blocks = piece.size() / kBlock * kBlock;
    sum_ += sum_of_blocks(piece.data(), blocks);
    piece = piece.subspan(blocks);
    while (piece.size() >= 4) {
        std::uint32_t word;
        std::memcpy(&word, piece.data(), sizeof word);
        sum_ += word;
        piece = piece.subspan(4);
    }
    std::uint32_t rest = 0;
    if (!piece.empty()) std::memcpy(&rest, piece.data(), piece.size());
    sum_ += rest;
    return *this;
}

InternetChecksum& InternetChecksum::add(std::uint16_t word) noexcept {
    sum_ += to_native(word);
    return *this;
}

std::uint16_t InternetChecksum::finish() const noexcept {
    return static_cast<std::uint16_t>(~to_native(fold(sum_)));
}

std::uint16_t internet_checksum(Bytes bytes) noexcept {
    return InternetChecksum{}.add(bytes).finish();
}

std::uint16_t transport_checksum(const IpAddr& src, const IpAddr& dst, std::uint8_t protocol,
                                 Bytes segment) noexcept {
    // The IPv6 pseudo header has a 32-bit length and the IPv4 one 16 bits: the sum is the same.
    FZ_ASSERT(segment.size() <= 0xffff);
    return InternetChecksum{}
        .add(src.bytes())
        .add(dst.bytes())
        .add(std::uint16_t{protocol})
        .add(static_cast<std::uint16_t>(segment.size()))
        .add(segment)
        .finish();
}

std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before,
                               std::uint16_t after) noexcept {
    const auto complement = [](std::uint16_t word) { return static_cast<std::uint16_t>(~word); };
    return complement(
        fold(std::uint64_t{complement(checksum)} + complement(before) + std::uint64_t{after}));
}

std::uint16_t updated_checksum(std::uint16_t checksum, Bytes before, Bytes after) noexcept {
    FZ_ASSERT(before.size() == after.size() && before.size() % 2 == 0);
    Reader old_words(before);
    Reader new_words(after);
    while (!old_words.at_end())
        checksum = updated_checksum(checksum, old_words.be<std::uint16_t>(),
                                    new_words.be<std::uint16_t>());
    return checksum;
}

}  // namespace fz::wire
