// Node: where an incoming datagram belongs.
//
//   from a relay's server socket:  STUN -> that allocation;  ChannelData -> unwrap, then as below
//   anything else:                 STUN -> the connection it names;  WireGuard handshake -> by key
//   or
//                                  receiver index;  the rest is nobody's
//
// Relays are told by the exact socket of a known server, not by port 3478: a peer whose NAT maps it
// to that port is still a peer, and a TURN server may listen anywhere.
#include "base/log_limit.h"
#include "tunnel/node.h"
#include "wire/channel_data.h"

namespace fz::tunnel {

void Node::handle_datagram(const dataplane::ControlDatagram& datagram, Now now) {
    const Bytes bytes = datagram.bytes;
    const auto relay = relays_.of_server(datagram.source);
    if (!relay) {
        handle_payload(datagram.source, datagram.local, bytes, now);
        return;
    }
    turn::Allocation& allocation = relays_.find(*relay)->allocation;
    if (const auto relayed = allocation.decapsulate(datagram.source, bytes, now.instant)) {
        handle_payload(relayed->peer, relayed->local, relayed->payload, now);
    } else if (allocation.handle_response(datagram.source, datagram.local, bytes, now.instant) ==
               turn::Input::foreign) {
        ++unknown_datagrams_;
    }
    drain_relays(now);
}

void Node::handle_payload(const wire::SocketAddr& source, const wire::SocketAddr& local,
                          Bytes payload, Now now) {
    if (const auto message = stun::Message::parse(payload)) {
        for (const std::uint32_t slot : stun_routes_.candidates(*message)) {
            Link* link = find(slot);  // an answer may outlive its connection
            if (link == nullptr || !link->connection.handle_stun(source, local, *message, now))
                continue;
            drain(*link, now);
            return;
        }
    } else if (const auto type = noise::classify(payload);
               type && *type != noise::MessageType::data) {
        handle_handshake(source, local, *type, payload, now);
        return;
    }
    ++unknown_datagrams_;
}

void Node::handle_handshake(const wire::SocketAddr& source, const wire::SocketAddr& local,
                            noise::MessageType type, Bytes message, Now now) {
    if (type != noise::MessageType::cookie_reply) {
        const noise::Verdict verdict = gatekeeper_.admit(message, source, now);
        if (const auto* reply = std::get_if<noise::Reply>(&verdict))
            reply_cookie(source, local, reply->cookie_reply.view(), now);
        if (!std::holds_alternative<noise::Admit>(verdict)) return;
    }
    if (type == noise::MessageType::initiation) {
        const auto opened = noise::open_initiation(keys_, message);
        Link* link = opened ? link_of(opened->initiator, source) : nullptr;
        if (link == nullptr) {
            FZ_LOG_LIMITED(unknown_keys_, now.instant, debug,
                           "handshake initiation from an unknown key");
            ++unknown_datagrams_;
            return;
        }
        if (!link->connection.accept(*opened, now))
            FZ_LOG_LIMITED(refusals_, now.instant, debug, "handshake initiation refused",
                           kv("peer", link->peer));
        drain(*link, now);
        return;
    }
    const auto index = noise::receiver_of(message);
    Link* link = index ? find(*index >> 8) : nullptr;
    if (link == nullptr) {
        ++unknown_datagrams_;
        return;
    }
    link->connection.handle_handshake(type, message, now);
    drain(*link, now);
}

void Node::reply_cookie(const wire::SocketAddr& source, const wire::SocketAddr& local,
                        Bytes cookie_reply, Now now) {
    if (!relays_.of_relayed(local)) {
        transmit({.destination = source, .source = local, .channel = {}}, cookie_reply);
    } else if (const auto path = relayed_path(local, source, now)) {
        transmit(*path, cookie_reply);
    }
}

Node::Link* Node::link_of(const crypto::PublicKey& key, const wire::SocketAddr& source) {
    Link* newest = nullptr;
    for (auto at = slots_of_key_.lower_bound({key, 0});
         at != slots_of_key_.end() && at->first == key; ++at) {
        Link* link = find(at->second);
        if (link->selected && link->selected->remote == source) return link;
        if (newest == nullptr || newest->created_at < link->created_at) newest = link;
    }
    return newest;
}

}  // namespace fz::tunnel
