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
    LoadPeer(const Identity& who, std::uint32_t slot_number, std::size_t socket_index, Now now,
             crypto::Random& random)
        : identity(who), slot(slot_number), socket(socket_index) {
        connect(now, random);
    }
    LoadPeer(const LoadPeer&) = delete;  // the connection borrows the keys
    LoadPeer& operator=(const LoadPeer&) = delete;

    /// Begins anew, from the first connectivity check.
    void connect(Now now, crypto::Random& random) {
        ++attempts;
        connection.emplace(ice::Role::controlling, slot,
                           tunnel::PeerCredentials{identity.gateway_key, identity.preshared_key,
                                                   identity.client_ice, identity.gateway_ice},
                           identity.keys, now, random);
    }

    const Identity identity;
    const std::uint32_t slot;
    const std::size_t socket;  ///< of the fleet's sockets
    std::optional<tunnel::Connection> connection;
    int attempts = 0;
    std::optional<Session> session;   ///< the youngest
    std::optional<Instant> heard_at;  ///< the gateway's last connectivity check or answer
};

}  // namespace fz::load
