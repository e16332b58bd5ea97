// One client that is played: its connection to the gateway and the session that packets travel in.
//
// ICE and handshakes are tunnel::Connection's; data is sealed and opened with the session's keys by
// whoever moves packets.
#pragma once

#include <cstdint>
#include <optional>

#include "identity.h"
#include "noise/keypair.h"
#include "tunnel/connection.h"

namespace fz::load {

struct Session {
    noise::Keypair keys;
    std::uint64_t next_counter = 0;  ///< of the next message that we send
};

struct LoadPeer {
    /// `random` outlives the peer.
    LoadPeer(const Identity& who, std::uint32_t slot, std::size_t socket_index, Now now,
             crypto::Random& random)
        : identity(who),
          socket(socket_index),
          connection(ice::Role::controlling, slot,
                     {who.gateway_key, who.preshared_key, who.client_ice, who.gateway_ice},
                     identity.keys, now, random) {}
    LoadPeer(const LoadPeer&) = delete;  // the connection borrows the keys
    LoadPeer& operator=(const LoadPeer&) = delete;

    const Identity identity;
    const std::size_t socket;  ///< of the fleet's sockets
    tunnel::Connection connection;
    std::optional<Session> session;   ///< the youngest
    std::optional<Instant> heard_at;  ///< the gateway's last connectivity check or answer
};

}  // namespace fz::load
