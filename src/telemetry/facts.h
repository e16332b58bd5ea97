// What the control thread knows about the gateway as a whole: the head of fz-stat.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace fz::telemetry {

/// Text of at most N bytes; what is longer is cut.
template <std::size_t N>
class Text {
    static_assert(N % 8 == 0);

  public:
    Text() = default;
    explicit Text(std::string_view text) noexcept {
        std::copy_n(text.data(), std::min(text.size(), N), bytes_.data());
    }
    Text& operator=(std::string_view text) noexcept { return *this = Text(text); }
    [[nodiscard]] std::string_view view() const noexcept {
        const auto* const end = std::find(bytes_.data(), bytes_.data() + N, '\0');
        return {bytes_.data(), static_cast<std::size_t>(end - bytes_.data())};
    }

  private:
    std::array<char, N> bytes_{};
};

enum class PortalState : std::uint64_t { connecting, joined };
enum class DoorKind : std::uint64_t { sockets, native, generic };

/// One interface and the way its packets come in.
struct InterfaceFacts {
    Text<16> name;
    DoorKind door = DoorKind::sockets;
    std::uint64_t zero_copy = 0;  ///< 1: the kernel says so of every ring
    std::uint64_t queues = 0;     ///< with a ring
    Text<256> why;                ///< a sentence: why not through XDP; empty where it does
};

inline constexpr std::size_t kMaxVerdicts = 16;

/// One receive queue with a ring, counted by the kernel since the ring was opened.
struct RingFacts {
    std::uint64_t interface = 0;  ///< place in GatewayFacts::interfaces
    std::uint64_t queue = 0;
    std::uint64_t worker = 0;
    std::uint64_t zero_copy = 0;
    std::array<std::uint64_t, kMaxVerdicts> frames{};  ///< by verdict of the program (bpf/abi.h)
    std::uint64_t rx_dropped = 0;                      ///< these three: XDP_STATISTICS
    std::uint64_t rx_ring_full = 0;
    std::uint64_t fill_ring_empty = 0;
};

struct GatewayFacts {
    Text<32> version;
    std::uint64_t process = 0;        ///< its id, as it sees itself
    std::uint64_t started_at_ns = 0;  ///< CLOCK_MONOTONIC
    std::uint64_t updated_at_ns = 0;  ///< likewise: the control thread lives
    std::uint64_t cycles_per_ms = 0;  ///< of the processor's time stamp counter; 0: it has none
    PortalState portal = PortalState::connecting;
    std::uint64_t portal_since_ns = 0;  ///< CLOCK_MONOTONIC: in this state since
    std::uint64_t relays = 0;           ///< that the portal gave us
    std::uint64_t relays_usable = 0;    ///< with an allocation
    std::uint64_t peers_direct = 0;
    std::uint64_t peers_relayed = 0;
    std::uint64_t peers_connecting = 0;
    std::uint64_t io_errors = 0;  ///< of sockets and the TUN device; only grows
    std::uint64_t sockets = 0;    ///< UDP sockets open
    Text<16> aead;                ///< the cipher's library
    Text<16> datapath;            ///< as wished for
    Text<16> tun_offloads;
    std::uint64_t interface_count = 0;
    std::array<InterfaceFacts, 8> interfaces;  ///< more are not shown
    std::uint64_t ring_count = 0;
    std::array<RingFacts, 128> rings;  ///< likewise
};

static_assert(std::is_trivially_copyable_v<GatewayFacts>);

}  // namespace fz::telemetry
