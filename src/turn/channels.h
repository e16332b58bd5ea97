// The channels of one allocation: which number stands for which peer, and how long it may (RFC 8656
// 12).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "turn/event.h"
#include "wire/channel_data.h"
#include "wire/ip_addr.h"

namespace fz::turn {

inline constexpr Duration kChannelLifetime = 600s;  ///< RFC 8656 12
inline constexpr Duration kChannelRefresh = 300s;   ///< re-bind used channels at this age
inline constexpr Duration kChannelReuse = 900s;     ///< lifetime and 5 minutes, RFC 8656 12.1
inline constexpr Duration kChannelRefusal = 2s;     ///< before a refused peer is tried again

/// A table with no idea of messages: the owner sends the binds that `start` and `upkeep` name, and
/// reports how they ended.
class Channels {
  public:
    /// The number for sending to `peer`: confirmed and younger than its lifetime, or being bound.
    [[nodiscard]] std::optional<wire::ChannelNumber> number_of(const wire::SocketAddr& peer,
                                                               Instant now) const;
    /// The peer behind a number on which data may arrive: confirmed ones only.
    [[nodiscard]] std::optional<wire::SocketAddr> peer_of(wire::ChannelNumber number,
                                                          Instant now) const;

    /// The binding to request so that `peer` gets a channel. Nothing if there is one or one is
    /// under way, if the peer was refused a moment ago, or if all 4096 numbers are taken.
    [[nodiscard]] std::optional<Binding> start(const wire::SocketAddr& peer, Instant now);

    enum class Confirmed : bool { again, anew };
    /// The server agreed: the lifetime begins. `anew` if the channel was not usable before.
    Confirmed confirm(const Binding& binding, Instant now);

    enum class Refused : bool { unused, was_usable };
    /// The server refused or did not answer. The next `start` tries another number, in a while.
    Refused refuse(const Binding& binding, Instant now);

    /// Data arrived: worth a refresh.
    void heard(wire::ChannelNumber number, Instant now);

    struct Chores {
        std::vector<Binding> rebind;  ///< to request again
        std::vector<Binding> lapsed;  ///< not usable any more
    };
    [[nodiscard]] Chores upkeep(Instant now);
    /// When `upkeep` is worth calling; never too late, sometimes too early.
    [[nodiscard]] std::optional<Instant> deadline() const noexcept { return deadline_; }

    struct Forgotten {
        std::vector<Binding> usable;          ///< were confirmed
        std::vector<wire::SocketAddr> peers;  ///< had, or were about to get, a channel
    };
    /// Empties the table: the allocation is gone.
    [[nodiscard]] Forgotten forget_all(Instant now);

  private:
    enum class State : std::uint8_t { binding, bound, lapsed, refused };
    struct Channel {
        wire::SocketAddr peer;
        State state = State::binding;
        Instant since{};        ///< confirmed, or refused
        bool in_flight = true;  ///< a bind is on its way
        bool heard = false;     ///< data came since the last confirmation
    };

    [[nodiscard]] const Channel* find(const wire::SocketAddr& peer) const;
    [[nodiscard]] Channel* find(const Binding& binding);
    [[nodiscard]] static bool usable(const Channel& channel, Instant now) noexcept;
    [[nodiscard]] static std::optional<Instant> deadline_of(const Channel& channel) noexcept;
    [[nodiscard]] std::optional<wire::ChannelNumber> free_number() noexcept;
    void note_deadline(const Channel& channel) noexcept;

    std::map<wire::ChannelNumber, Channel> by_number_;
    std::unordered_map<wire::SocketAddr, wire::ChannelNumber> by_peer_;  ///< never iterated
    wire::ChannelNumber next_ = wire::kFirstChannel;
    std::optional<Instant> deadline_;
};

}  // namespace fz::turn
