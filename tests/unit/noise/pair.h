// Two tunnels on one virtual clock: the network between them can lose and delay, and every event is
// written down. The data plane's part is played in as few lines as it takes.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/x25519.h"
#include "noise/gatekeeper.h"
#include "noise/handshake.h"
#include "noise/tunnel.h"

namespace fz::test {

using namespace noise;

inline constexpr Instant kStart{std::chrono::hours(1)};
inline constexpr UnixTime kStartUnix{std::chrono::seconds(1'700'000'000)};

[[nodiscard]] inline crypto::Secret seed(std::uint8_t number) {
    crypto::Secret result;
    result.bytes()[0] = std::byte{number};
    return result;
}

/// One side: its tunnel, the sessions its data plane would hold, and what it has said so far.
struct Side {
    Side(std::uint8_t number, const crypto::PublicKey& theirs, const crypto::PresharedKey& psk,
         Now now)
        : random(seed(number)),
          keys(keys_of(number)),
          tunnel(keys, theirs, psk, std::uint32_t{number} << 4, Timing{}, now, random) {}

    [[nodiscard]] static crypto::KeyPair keys_of(std::uint8_t number) {
        crypto::Random random(seed(static_cast<std::uint8_t>(100 + number)));
        return crypto::generate_key_pair(random);
    }

    void drain() {
        while (auto datagram = tunnel.poll_transmit()) outbox.push_back(*datagram);
        while (auto event = tunnel.poll_event()) take(*event);
    }
    void take(const Event& event) {
        if (const auto* established = std::get_if<Established>(&event)) {
            sessions.push_back(established->keypair);
            uses.push_back(established->use);
        } else if (const auto* gone = std::get_if<Expired>(&event)) {
            std::erase_if(sessions,
                          [&](const Keypair& k) { return k.local_index == gone->local_index; });
            expired.push_back(gone->local_index);
        } else if (std::holds_alternative<SendKeepalive>(event)) {
            ++keepalives;
        } else {
            over = true;
        }
    }

    crypto::Random random;
    crypto::KeyPair keys;
    Tunnel tunnel;
    std::deque<wire::DatagramBytes> outbox;
    std::vector<Keypair> sessions;
    std::vector<Use> uses;
    std::vector<std::uint32_t> expired;
    int keepalives = 0;
    bool over = false;
};

/// `client` plays the initiator by habit, `gateway` the responder; both are the same code.
struct Pair {
    static inline const crypto::PresharedKey kPsk = seed(77);

    Now now{kStart, kStartUnix};
    Side client{1, Side::keys_of(2).public_key, kPsk, now};
    Side gateway{2, Side::keys_of(1).public_key, kPsk, now};
    bool network_up = true;
    int keepalives_sent = 0;

    /// Hands one handshake datagram over, as a node would. Returns whether it was taken.
    bool deliver(Side& to, Bytes datagram) {
        bool taken = false;
        switch (classify(datagram).value()) {
            case MessageType::initiation: {
                const auto opened = open_initiation(to.keys, datagram);
                taken = opened && to.tunnel.accept(*opened, now);
                break;
            }
            case MessageType::response:
                taken = to.tunnel.handle_response(datagram, now);
                break;
            case MessageType::cookie_reply:
                taken = to.tunnel.handle_cookie_reply(datagram, now);
                break;
            case MessageType::data:
                break;
        }
        to.drain();
        return taken;
    }

    /// Exchanges what is due until both are quiet. The keep-alive of a new initiator confirms.
    void drive() {
        client.drain();
        gateway.drain();
        do {
            flush(client, gateway);
            flush(gateway, client);
        } while (!client.outbox.empty() || !gateway.outbox.empty());
    }

    /// Lets time pass, stopping at every deadline on the way.
    void advance(Duration duration) {
        const Instant end = now.instant + duration;
        for (;;) {
            const auto next = earlier(client.tunnel.poll_timeout(), gateway.tunnel.poll_timeout());
            if (!next || *next > end) break;
            set_time(std::max(*next, now.instant));
            client.tunnel.handle_timeout(now);
            gateway.tunnel.handle_timeout(now);
            drive();
        }
        set_time(end);
    }

    /// Data from one side to the other, on the newest session both have.
    void send_data(Side& from, Side& to) {
        from.tunnel.on_data_sent(now);
        if (network_up) to.tunnel.on_data_received(now);
        drive();
    }

    void connect() {
        client.tunnel.initiate(now);
        drive();
    }

  private:
    void set_time(Instant instant) {
        now.unix += instant - now.instant;
        now.instant = instant;
    }

    void flush(Side& from, Side& to) {
        while (!from.outbox.empty()) {
            const auto datagram = from.outbox.front();
            from.outbox.pop_front();
            if (network_up) deliver(to, datagram.view());
        }
        send_keepalives(from, to);
        send_keepalives(to, from);
    }

    void send_keepalives(Side& from, Side& to) {
        for (; from.keepalives > 0; --from.keepalives, ++keepalives_sent) {
            from.tunnel.on_keepalive_sent();
            if (!network_up || from.sessions.empty()) continue;
            to.tunnel.on_keepalive_received();
            if (from.sessions.back().role == Role::initiator)
                to.tunnel.on_session_confirmed(from.sessions.back().remote_index);
        }
    }
};

}  // namespace fz::test
