// Two agents on a virtual network with a virtual clock: latency, loss, NAT, blocked ways.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ice/agent.h"

namespace fz::ice::test {

inline wire::SocketAddr at(std::string_view text) { return *wire::SocketAddr::parse(text); }

struct Peer {
    struct Sent {
        Instant time;
        wire::SocketAddr local;
        wire::SocketAddr remote;
        stun::Class cls;
        bool nominates;
    };

    Agent agent;
    std::vector<Sent> sent;
    std::vector<std::pair<Instant, Event>> events;

    Peer(Role role, Credentials ours, Credentials theirs, crypto::Random& random)
        : agent(role, std::move(ours), std::move(theirs), random, kDefaultTiming) {}

    [[nodiscard]] std::optional<Nominated> selected() const {
        std::optional<Nominated> last;
        for (const auto& [time, event] : events)
            if (const auto* nominated = std::get_if<Nominated>(&event)) last = *nominated;
        return last;
    }
    [[nodiscard]] std::optional<Instant> entered(State state) const {
        for (const auto& [time, event] : events)
            if (const auto* changed = std::get_if<StateChanged>(&event))
                if (changed->state == state) return time;
        return std::nullopt;
    }
};

class Network {
  public:
    static constexpr Instant kStart{1h};

    Instant now = kStart;
    Duration latency = 20ms;
    unsigned loss_percent = 0;
    /// Source as seen outside, per inside source: an endpoint-independent NAT.
    std::map<wire::SocketAddr, wire::SocketAddr> nat;
    /// Addresses from which and to which nothing passes.
    std::vector<wire::SocketAddr> blocked;
    crypto::Random random{crypto::Secret()};
    Peer client{Role::controlling,
                {"clnt", "clientpassword22chars!"},
                {"gatw", "gatewaypassword22char!"},
                random};
    Peer gateway{Role::controlled,
                 {"gatw", "gatewaypassword22char!"},
                 {"clnt", "clientpassword22chars!"},
                 random};

    void run_for(Duration duration) {
        const Instant until = now + duration;
        drain(client);
        drain(gateway);
        while (const auto next = next_event()) {
            if (*next > until) break;
            now = std::max(now, *next);
            deliver();
            for (Peer* peer : {&client, &gateway}) {
                if (const auto due = peer->agent.poll_timeout(); due && *due <= now)
                    peer->agent.handle_timeout(now);
                drain(*peer);
            }
        }
        now = until;
    }

    /// Adds a host candidate to `peer`, signals it to `other`.
    void add_host(Peer& peer, Peer& other, std::string_view address) {
        signal(peer, other, *Candidate::host(at(address)));
    }
    void add_relay(Peer& peer, Peer& other, std::string_view address) {
        signal(peer, other, *Candidate::relayed(at(address), at(address).family()));
    }
    void signal_srflx(Peer& other, std::string_view address, std::string_view base) {
        other.agent.add_remote_candidate(*Candidate::server_reflexive(at(address), at(base)), now);
    }

    void block(std::string_view address) { blocked.push_back(at(address)); }

  private:
    struct InFlight {
        Instant arrival;
        wire::SocketAddr from;
        wire::SocketAddr to;
        wire::DatagramBytes bytes;
    };

    void signal(Peer& peer, Peer& other, const Candidate& candidate) {
        const auto added = peer.agent.add_local_candidate(candidate, now);
        if (added) other.agent.add_remote_candidate(*Candidate::parse(added->to_string()), now);
    }

    [[nodiscard]] std::optional<Instant> next_event() const {
        std::optional<Instant> next =
            earlier(client.agent.poll_timeout(), gateway.agent.poll_timeout());
        return in_flight_.empty() ? next : earlier(next, in_flight_.front().arrival);
    }

    void drain(Peer& peer) {
        while (auto check = peer.agent.poll_transmit()) {
            const auto message = stun::Message::parse(check->message.view());
            peer.sent.push_back(
                {now, check->local, check->remote, message->cls(), message->use_candidate()});
            send(check->local, check->remote, check->message);
        }
        while (const auto event = peer.agent.poll_event()) peer.events.emplace_back(now, *event);
    }

    void send(const wire::SocketAddr& local, const wire::SocketAddr& remote,
              const wire::DatagramBytes& bytes) {
        const auto mapped = nat.find(local);
        const wire::SocketAddr from = mapped == nat.end() ? local : mapped->second;
        const auto is_blocked = [this](const wire::SocketAddr& address) {
            return std::find(blocked.begin(), blocked.end(), address) != blocked.end();
        };
        if (is_blocked(local) || is_blocked(from) || is_blocked(remote)) return;
        if (loss_percent != 0 && random.below(100) < loss_percent) return;
        in_flight_.push_back({now + latency, from, remote, bytes});
    }

    void deliver() {
        while (!in_flight_.empty() && in_flight_.front().arrival <= now) {
            const InFlight datagram = in_flight_.front();
            in_flight_.pop_front();
            wire::SocketAddr to = datagram.to;
            bool behind_nat = false;
            for (const auto& [inside, outside] : nat) {
                behind_nat |= inside == datagram.to;
                if (outside == datagram.to) to = inside;
            }
            if (behind_nat) continue;  // private addresses are not routed
            const auto message = stun::Message::parse(datagram.bytes.view());
            for (Peer* peer : {&client, &gateway}) {
                const auto locals = peer->agent.local_candidates();
                const bool here = std::any_of(locals.begin(), locals.end(),
                                              [&](const auto& own) { return own.address == to; });
                if (here) peer->agent.handle_packet(datagram.from, to, *message, now);
            }
        }
    }

    std::deque<InFlight> in_flight_;  ///< by arrival, because the latency is the same for all
};

}  // namespace fz::ice::test
