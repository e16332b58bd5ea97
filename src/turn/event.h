// What an allocation tells its owner: addresses that came and went, channels, and its own end.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "wire/channel_data.h"
#include "wire/ip_addr.h"

namespace fz::turn {

enum class AddressKind : std::uint8_t { host, server_reflexive, relayed };

/// An address under which we can be reached, and the local address behind it. The base of a relayed
/// address is the one that talks to the server, so its family may differ.
struct Address {
    AddressKind kind = AddressKind::host;
    wire::SocketAddr address;
    wire::SocketAddr base;

    friend bool operator==(const Address&, const Address&) = default;
};

/// A channel number and the peer it stands for (RFC 8656 12).
struct Binding {
    wire::SocketAddr peer;
    wire::ChannelNumber number;

    friend bool operator==(const Binding&, const Binding&) = default;
};

enum class Failure : std::uint8_t {
    unresponsive,     ///< no answer on any socket: is UDP blocked, is the server gone?
    bad_credentials,  ///< refused for good; new credentials need a new Allocation
    protocol,         ///< the server does not understand us (420)
    released,         ///< `release` was called
};

[[nodiscard]] std::string_view name_of(Failure failure) noexcept;

struct AddressAdded {
    Address address;
};
struct AddressInvalidated {
    Address address;
};
/// The server confirmed the channel: ChannelData may be sent to `server` and will be received.
struct ChannelBound {
    Binding binding;
    wire::SocketAddr server;
};
/// The channel must not be used any more.
struct ChannelUnbound {
    Binding binding;
    wire::SocketAddr server;
};
/// Nothing more will happen by itself; see Allocation::restart.
struct Failed {
    Failure reason;
};

using Event = std::variant<AddressAdded, AddressInvalidated, ChannelBound, ChannelUnbound, Failed>;

}  // namespace fz::turn
