#include "stun/xor_address.h"

#include <algorithm>

#include "base/assert.h"
#include "stun/attributes.h"

namespace fz::stun {
namespace {

constexpr std::uint16_t kPortMask = kMagicCookie >> 16;

/// An IPv4 address is masked with the cookie, an IPv6 address with cookie and transaction id.
std::array<std::byte, 16> address_mask(const TransactionId& id) noexcept {
    std::array<std::byte, 16> mask{};
    store_be(mask.data(), kMagicCookie);
    std::copy(id.bytes.begin(), id.bytes.end(), mask.begin() + sizeof kMagicCookie);
    return mask;
}

wire::IpAddr masked(Bytes address, const TransactionId& id) noexcept {
    std::array<std::byte, 16> mask = address_mask(id);
    for (std::size_t i = 0; i < address.size(); ++i) mask[i] ^= address[i];
    return wire::IpAddr::from_bytes(Bytes(mask).first(address.size()));
}

}  // namespace

std::uint8_t family_octet(wire::Family family) noexcept {
    return family == wire::Family::v4 ? std::uint8_t{1} : std::uint8_t{2};
}

std::optional<wire::Family> family_of_octet(std::uint8_t octet) noexcept {
    switch (octet) {
        case 1:
            return wire::Family::v4;
        case 2:
            return wire::Family::v6;
        default:
            return std::nullopt;
    }
}

Bytes encode_xor_address(MutBytes space, const wire::SocketAddr& address,
                         const TransactionId& id) noexcept {
    Writer writer(space);
    writer.u8(0);
    writer.u8(family_octet(address.family()));
    writer.be(static_cast<std::uint16_t>(address.port ^ kPortMask));
    writer.bytes(masked(address.ip.bytes(), id).bytes());
    FZ_ASSERT(writer.ok());
    return writer.written();
}

std::optional<wire::SocketAddr> decode_xor_address(Bytes value, const TransactionId& id) noexcept {
    Reader reader(value);
    reader.skip(1);
    const auto family = family_of_octet(reader.u8());
    const auto port = static_cast<std::uint16_t>(reader.be<std::uint16_t>() ^ kPortMask);
    if (!reader.ok() || !family) return std::nullopt;
    const std::size_t address_size = *family == wire::Family::v4 ? 4 : 16;
    if (reader.rest().size() != address_size) return std::nullopt;
    return wire::SocketAddr{masked(reader.rest(), id), port};
}

}  // namespace fz::stun
