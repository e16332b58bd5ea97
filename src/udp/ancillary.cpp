#include "udp/ancillary.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "base/bytes.h"

namespace fz::udp {
namespace {

/// The value of one control message. They differ in size between kernels and families: what is
/// missing is zero.
template <typename T>
T value_in(Bytes content) noexcept {
    T value{};
    std::memcpy(&value, content.data(), std::min(sizeof value, content.size()));
    return value;
}

/// What follows the header, within the message's control bytes.
Bytes content_of(const msghdr& message, const cmsghdr* header) noexcept {
    const auto* at = reinterpret_cast<const std::byte*>(header);
    const auto* end = static_cast<const std::byte*>(message.msg_control) + message.msg_controllen;
    const std::size_t size = std::min(header->cmsg_len, static_cast<std::size_t>(end - at));
    return {at + CMSG_LEN(0), std::max(size, CMSG_LEN(0)) - CMSG_LEN(0)};
}

/// Appends one control message behind `used` bytes and returns the new number of used bytes.
template <typename T>
std::size_t append(Control& control, std::size_t used, int level, int type,
                   const T& value) noexcept {
    cmsghdr header{};
    header.cmsg_level = level;
    header.cmsg_type = type;
    header.cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(control.bytes.data() + used, &header, sizeof header);
    std::memcpy(control.bytes.data() + used + CMSG_LEN(0), &value, sizeof value);
    return used + CMSG_SPACE(sizeof value);
}

std::size_t append_source(Control& control, std::size_t used, const wire::IpAddr& ip) noexcept {
    const Bytes bytes = ip.bytes();
    if (ip.is_v4()) {
        in_pktinfo info{};  // interface 0: any
        std::memcpy(&info.ipi_spec_dst, bytes.data(),
                    std::min(bytes.size(), sizeof info.ipi_spec_dst));
        return append(control, used, IPPROTO_IP, IP_PKTINFO, info);
    }
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, bytes.data(), std::min(bytes.size(), sizeof info.ipi6_addr));
    return append(control, used, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

}  // namespace

Arrival parse_ancillary(msghdr& message) noexcept {
    Arrival result;
    for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(header))) {
        const Bytes content = content_of(message, header);
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            // ipi_addr is the header's destination; ipi_spec_dst would be the route's choice.
            const auto info = value_in<in_pktinfo>(content);
            result.local = wire::IpAddr::from_bytes(std::as_bytes(std::span(&info.ipi_addr, 1)));
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            const auto info = value_in<in6_pktinfo>(content);
            result.local = wire::IpAddr::from_bytes(std::as_bytes(std::span(&info.ipi6_addr, 1)));
        } else if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TOS) {
            result.ecn = wire::ecn_of(value_in<std::uint8_t>(content));
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_TCLASS) {
            result.ecn = wire::ecn_of(static_cast<std::uint8_t>(value_in<int>(content)));
        } else if (header->cmsg_level == IPPROTO_UDP && header->cmsg_type == UDP_GRO) {
            result.segment = static_cast<std::size_t>(std::max(value_in<int>(content), 0));
        }
    }
    return result;
}

std::size_t write_ancillary(Control& control, const wire::OutgoingTrain& train,
                            std::size_t segment) noexcept {
    const int traffic_class = static_cast<int>(train.ecn);
    std::size_t used = train.destination.ip.is_v4()
                           ? append(control, 0, IPPROTO_IP, IP_TOS, traffic_class)
                           : append(control, 0, IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
    if (train.source) used = append_source(control, used, train.source->ip);
    if (segment != 0)
        used = append(control, used, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(segment));
    return used;
}

}  // namespace fz::udp
