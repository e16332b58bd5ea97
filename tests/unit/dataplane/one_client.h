// A gateway's packet path with one connected client, and the client's end of the session.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "dataplane/client_router.h"
#include "dataplane/directory.h"
#include "dataplane/egress.h"
#include "dataplane/ingress.h"
#include "policy/authorizations.h"
#include "unit/wire/packets.h"

namespace fz::test {

inline crypto::Secret key_of(unsigned char fill) {
    std::array<std::byte, crypto::kKeySize> bytes;
    bytes.fill(std::byte{fill});
    return crypto::Secret(bytes);
}

inline wire::SocketAddr socket(std::string_view text) {
    return wire::SocketAddr::parse(text).value();
}

inline constexpr std::uint32_t kSlot = 7;
inline constexpr std::uint32_t kIndex = kSlot << 8 | 1;

/// The gateway's half of session number `counter` of the slot, as responder.
inline noise::Keypair gateway_keys(std::uint32_t counter, Instant created_at) {
    return {.local_index = kSlot << 8 | counter,
            .remote_index = 0xc0de0000 | counter,
            .send_key = key_of(1),
            .receive_key = key_of(2),
            .role = noise::Role::responder,
            .created_at = created_at};
}

inline noise::Keypair mirrored(const noise::Keypair& keys) {
    return {.local_index = keys.remote_index,
            .remote_index = keys.local_index,
            .send_key = keys.receive_key,
            .receive_key = keys.send_key,
            .role = keys.role == noise::Role::initiator ? noise::Role::responder
                                                        : noise::Role::initiator,
            .created_at = keys.created_at};
}

/// Client 100.64.0.2 / fd00:2021:1111::2 at 203.0.113.5:40000 may use 10.1.0.0/16 (all of it),
/// 10.2.0.0/16 (TCP 80) and 2001:db8::/32.
template <typename Base>
class OneClientOf : public Base {
  protected:
    void SetUp() override {
        Base::SetUp();
        if (Base::IsSkipped()) return;
        auto state = std::make_unique<dataplane::PeerState>(kSlot);
        peer = state.get();
        state_ = std::move(state);
        directory.add(*peer);
        directory.assign(ip("100.64.0.2"), *peer);
        directory.assign(ip("fd00:2021:1111::2"), *peer);
        peer->install(std::make_unique<dataplane::Session>(gateway_keys(1, start)),
                      dataplane::PeerState::Use::now, directory.graveyard());
        peer->set_path({.destination = client_socket, .source = gateway_socket, .channel = {}},
                       directory.graveyard());
        grant("10.1.0.0/16", {});
        grant("10.2.0.0/16", {{policy::FilterProtocol::tcp, 80, 80}});
        grant("2001:db8::/32", {});
    }

    void TearDown() override {
        if (peer != nullptr) {
            directory.unassign(ip("100.64.0.2"), *peer);
            directory.unassign(ip("fd00:2021:1111::2"), *peer);
            directory.remove(std::move(state_));
        }
        Base::TearDown();
    }

    void grant(std::string_view network, std::vector<policy::Filter> filters) {
        policy::Resource resource{.id = {},
                                  .name = "lab",
                                  .target = policy::CidrTarget{*wire::Cidr::parse(network)},
                                  .filters = std::move(filters)};
        resource.id.bytes[0] = static_cast<std::byte>(++granted_);
        authorizations_.authorize(std::move(resource), std::nullopt);
        peer->set_access(std::make_unique<const policy::Access>(authorizations_.compile(
                             {.v4 = ip("100.64.0.2"), .v6 = ip("fd00:2021:1111::2")},
                             {.v4 = ip("100.64.0.1"), .v6 = ip("fd00:2021:1111::1")})),
                         directory.graveyard());
    }

    /// What the client sends when it encrypts `inner`: a datagram.
    Buffer sealed_by_client(Bytes inner) { return sealed_with(client, inner); }
    Buffer sealed_with(dataplane::Session& session, Bytes inner) {
        Buffer message(inner.size() + wire::kDataOverhead);
        session.seal(session.take_counters(1).value(), inner, message, lane->aead);
        return message;
    }
    /// What the client reads in a datagram of ours.
    Buffer opened_by_client(Bytes datagram) {
        opened_.emplace_back(datagram.begin(), datagram.end());
        dataplane::DataMessage message{opened_.back()};
        dataplane::PeerGuard guard;
        client.open({&message, 1}, lane->aead, guard, lane->counters.guard_contended);
        EXPECT_FALSE(message.drop);
        return {message.bytes.begin(), message.bytes.end()};
    }

    /// Datagrams that arrive together; all but the last have the length of the first.
    void ingress(const std::vector<Buffer>& datagrams, const wire::SocketAddr& source,
                 wire::Ecn ecn = wire::Ecn::not_ect) {
        Buffer& bytes = arrived_.emplace_back();  // what comes out borrows it
        for (const Buffer& datagram : datagrams)
            bytes.insert(bytes.end(), datagram.begin(), datagram.end());
        wire::IncomingTrain train{.bytes = bytes,
                                  .segment = datagrams.front().size(),
                                  .source = source,
                                  .local = gateway_socket,
                                  .ecn = ecn};
        std::span<wire::IncomingTrain> trains(&train, 1);
        dataplane::ingress(trains, directory, now, *lane);
        EXPECT_TRUE(trains.empty());
    }
    void ingress(const Buffer& datagram) { ingress({datagram}, client_socket); }
    void egress(Bytes packet, const wire::Offload& offload = {}) {
        Buffer& bytes = arrived_.emplace_back(packet.begin(), packet.end());
        wire::SuperPacket one{.bytes = bytes, .offload = offload};
        std::span<wire::SuperPacket> packets(&one, 1);
        dataplane::egress(packets, dataplane::ClientRouter(directory), now, *lane);
        EXPECT_TRUE(packets.empty());
    }
    /// Trains to the client's address family.
    std::span<wire::OutgoingTrain> sent(wire::Family family = wire::Family::v4) {
        return lane->output.to_network.trains(family);
    }
    /// What the control thread would learn of the peer; once.
    dataplane::Activity activity() { return peer->activity().take(); }

    static std::uint64_t drops(const dataplane::DirectionCounters& direction,
                               dataplane::Drop reason) {
        return direction.drops[static_cast<std::size_t>(reason)];
    }
    void expect_balanced() const {
        for (const auto* direction : {&counters.to_resource, &counters.to_client})
            EXPECT_EQ(direction->received, direction->delivered + direction->dropped_total());
    }

    const Instant start{1000s};
    Instant now = start;
    const wire::SocketAddr client_socket = socket("203.0.113.5:40000");
    const wire::SocketAddr gateway_socket = socket("198.51.100.1:52625");

    dataplane::Directory directory;
    dataplane::PeerState* peer = nullptr;
    dataplane::Session client{mirrored(gateway_keys(1, start))};
    const std::unique_ptr<dataplane::Lane> lane =
        std::make_unique<dataplane::Lane>(crypto::AeadProvider::sodium);
    dataplane::Output& output = lane->output;
    dataplane::Counters& counters = lane->counters;

  private:
    std::unique_ptr<dataplane::PeerState> state_;
    policy::Authorizations authorizations_;
    int granted_ = 0;
    std::deque<Buffer> arrived_;
    std::deque<Buffer> opened_;
};
using OneClient = OneClientOf<::testing::Test>;

}  // namespace fz::test
