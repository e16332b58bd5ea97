// One rtnetlink request under construction: a header, a family header, attributes.
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/assert.h"
#include "base/bytes.h"

namespace fz::os {

//  0               4       6       8               12              16
// +---------------+-------+-------+---------------+---------------+
// |    length     | type  | flags |   sequence    |     port      |  struct nlmsghdr, host order
// +---------------+-------+-------+---------------+---------------+
// |  family header (ifinfomsg, ifaddrmsg, rtmsg, fib_rule_hdr)  ...
// |  attributes: length 2, type 2, value, padded to 4 bytes     ...
class NetlinkRequest {
  public:
    template <typename FamilyHeader>
        requires std::is_trivially_copyable_v<FamilyHeader>
    NetlinkRequest(std::uint16_t type, unsigned flags, const FamilyHeader& header) noexcept {
        append(nlmsghdr{.nlmsg_len = 0,
                        .nlmsg_type = type,
                        .nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST),
                        .nlmsg_seq = 0,
                        .nlmsg_pid = 0});
        append(header);
    }

    void attribute(std::uint16_t type, Bytes value) noexcept {
        append(rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
        append_bytes(value);
    }
    void attribute(std::uint16_t type, std::uint32_t value) noexcept {
        attribute(type, std::as_bytes(std::span(&value, 1)));
    }

    /// The finished message, with its length and `sequence` filled in.
    [[nodiscard]] Bytes finish(std::uint32_t sequence) noexcept {
        nlmsghdr header;
        std::memcpy(&header, bytes_.data(), sizeof header);
        header.nlmsg_len = static_cast<std::uint32_t>(size_);
        header.nlmsg_seq = sequence;
        std::memcpy(bytes_.data(), &header, sizeof header);
        return Bytes(bytes_).first(size_);
    }

  private:
    template <typename T>
    void append(const T& part) noexcept {
        append_bytes(std::as_bytes(std::span(&part, 1)));
    }
    void append_bytes(Bytes part) noexcept {
        FZ_ASSERT(size_ + NLMSG_ALIGN(part.size()) <= bytes_.size());
        std::memcpy(bytes_.data() + size_, part.data(), part.size());
        size_ += NLMSG_ALIGN(part.size());
    }

    std::array<std::byte, 256> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace fz::os
