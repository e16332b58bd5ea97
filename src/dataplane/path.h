// How datagrams reach a peer: straight, or through a channel of one of our relays.
#pragma once

#include <optional>

#include "wire/channel_data.h"
#include "wire/ip_addr.h"

namespace fz::dataplane {

struct Path {
    wire::SocketAddr destination;            ///< the peer, or the relay's server socket
    std::optional<wire::SocketAddr> source;  ///< straight paths: the address they were checked with
    std::optional<wire::ChannelNumber> channel;  ///< relayed paths

    friend bool operator==(const Path&, const Path&) = default;
};

}  // namespace fz::dataplane
