// What a packet is to a filter or a translator: its transport, and the two numbers that name a
// flow.
#pragma once

#include <cstdint>

namespace fz::wire {

struct Flow {
    enum class Kind : std::uint8_t {
        tcp,
        udp,
        echo_request,  ///< ICMP or ICMPv6, code 0
        echo_reply,    ///< ICMP or ICMPv6, code 0
        icmp_error,    ///< unreachable, time exceeded and the like, known to us or not
        icmp_other,    ///< every other ICMP message, also an echo with another code
        other,         ///< every other protocol
    };

    Kind kind = Kind::other;
    std::uint16_t src_port = 0;  ///< of an echo: its identifier
    std::uint16_t dst_port = 0;  ///< of an echo: its identifier

    [[nodiscard]] bool is_icmp() const noexcept {
        return kind >= Kind::echo_request && kind <= Kind::icmp_other;
    }
    friend bool operator==(const Flow&, const Flow&) = default;
};

}  // namespace fz::wire
