#include "policy/special_networks.h"

#include <algorithm>
#include <array>

#include "base/endian.h"

namespace fz::policy {
namespace {

/// The leading bits of an address, left-aligned.
template <typename Word>
struct Prefix {
    Word bits;
    unsigned length;
};

constexpr std::array<Prefix<std::uint32_t>, 9> kV4{{
    {0x00000000, 8},   // 0.0.0.0: this network
    {0x0a000000, 8},   // 10.0.0.0: private
    {0x64400000, 10},  // 100.64.0.0: shared; the tunnel and proxy ranges
    {0x7f000000, 8},   // 127.0.0.0: loopback
    {0xa9fe0000, 16},  // 169.254.0.0: link-local
    {0xac100000, 12},  // 172.16.0.0: private
    {0xc0a80000, 16},  // 192.168.0.0: private
    {0xe0000000, 4},   // 224.0.0.0: multicast
    {0xf0000000, 4},   // 240.0.0.0: reserved; broadcast
}};

constexpr std::array<Prefix<std::uint64_t>, 3> kV6{{
    {0xfc00000000000000, 7},   // unique-local; the tunnel and proxy ranges
    {0xfe80000000000000, 10},  // link-local
    {0xff00000000000000, 8},   // multicast
}};

template <typename Word, std::size_t N>
bool in_any(const std::array<Prefix<Word>, N>& prefixes, Word address) noexcept {
    return std::any_of(prefixes.begin(), prefixes.end(), [address](const Prefix<Word>& prefix) {
        return (address ^ prefix.bits) >> (sizeof(Word) * 8 - prefix.length) == 0;
    });
}

}  // namespace

bool is_special(const wire::IpAddr& ip) noexcept {
    const std::byte* bytes = ip.bytes().data();
    if (ip.is_v4()) return in_any(kV4, load_be<std::uint32_t>(bytes));
    const auto upper = load_be<std::uint64_t>(bytes);
    const auto lower = load_be<std::uint64_t>(bytes + 8);
    const bool mapped_v4 = upper == 0 && lower >> 32 == 0xffff;
    return in_any(kV6, upper) || mapped_v4 || (upper == 0 && lower <= 1);
}

}  // namespace fz::policy
