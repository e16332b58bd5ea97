// Every reason for which a packet can be lost, provoked through real doors and counted by whoever
// sent it: the worker's published figures must agree with the sender's, to the packet.
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <netinet/in.h>

#include <map>
#include <string>

#include "telemetry/page.h"
#include "unit/worker/one_worker.h"

namespace fz::worker {
namespace {

using dataplane::DirectionCounters;
using dataplane::Drop;

/// A peer that the fixture's client is not.
struct AnotherPeer {
    AnotherPeer(dataplane::Directory& in, std::uint32_t slot, std::string_view address)
        : directory(in), state(std::make_unique<dataplane::PeerState>(slot)), at(ip(address)) {
        directory.add(*state);
        directory.assign(at, *state);
    }
    ~AnotherPeer() {
        directory.unassign(at, *state);
        directory.remove(std::move(state));
    }
    AnotherPeer(const AnotherPeer&) = delete;
    AnotherPeer& operator=(const AnotherPeer&) = delete;

    void grant_everything() {
        policy::Authorizations authorizations;
        authorizations.authorize({.id = {},
                                  .name = "all",
                                  .target = policy::CidrTarget{*wire::Cidr::parse("0.0.0.0/0")},
                                  .filters = {}},
                                 std::nullopt);
        state->set_access(
            std::make_unique<const policy::Access>(authorizations.compile(
                {.v4 = at, .v6 = std::nullopt}, {.v4 = ip("100.64.0.1"), .v6 = std::nullopt})),
            directory.graveyard());
    }
    void connect(Instant now) {
        const noise::Keypair keys{.local_index = state->slot() << 8 | 1,
                                  .remote_index = 0xabcd0001,
                                  .send_key = key_of(3),
                                  .receive_key = key_of(4),
                                  .role = noise::Role::responder,
                                  .created_at = now};
        state->install(std::make_unique<dataplane::Session>(keys), dataplane::PeerState::Use::now,
                       directory.graveyard());
        client = std::make_unique<dataplane::Session>(mirrored(keys));
    }

    dataplane::Directory& directory;
    std::unique_ptr<dataplane::PeerState> state;
    const wire::IpAddr at;
    std::unique_ptr<dataplane::Session> client;
};

class EveryDrop : public OneWorkerWithARing {
  protected:
    void SetUp() override {
        OneWorkerWithARing::SetUp();
        if (IsSkipped()) return;
        page_ = std::make_unique<telemetry::PageWriter>(
            telemetry::PageWriter::create(1, "test").value());
        worker_->publish_to(page_->worker(0));
        relay_ = std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0}).value());
        channels_.bind(wire::ChannelNumber{0x4001});
        directory.set_relays({{{ip("127.0.0.1"), relay_->port()}, &channels_}});
        into_tun_ = os::UniqueFd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        grant_internet();
    }
    void grant_internet() {
        policy::Authorizations authorizations;
        std::uint8_t id = 0;
        for (const policy::Resource& resource :
             {policy::Resource{.id = {},
             .name = "net",
             .target = policy::CidrTarget{*wire::Cidr::parse("10.1.0.0/16")},
             .filters = {}},
              policy::Resource{.id = {},
              .name = "web",
              .target = policy::CidrTarget{*wire::Cidr::parse("10.2.0.0/16")},
              .filters = {{policy::FilterProtocol::tcp, 80, 80}}},
              policy::Resource{.id = {},
              .name = "Internet",
              .target = policy::InternetTarget{},
              .filters = {}}}) {
            policy::Resource own = resource;
            own.id.bytes[0] = std::byte{++id};
            authorizations.authorize(std::move(own), std::nullopt);
        }
        peer->set_access(std::make_unique<const policy::Access>(
                             authorizations.compile({.v4 = ip("100.64.0.2"), .v6 = std::nullopt},
                                                    {.v4 = ip("100.64.0.1"), .v6 = std::nullopt})),
                         directory.graveyard());
    }

    // What comes from the network, through the socket.
    void arrives(Bytes datagram) { arrives_from(*theirs_, datagram); }
    void arrives_from(udp::UdpSocket& sender, Bytes datagram) {
        wire::OutgoingTrain one{.bytes = datagram,
                                .segment = datagram.size(),
                                .source = {},
                                .destination = {ip("127.0.0.1"), ours_->port()},
                                .ecn = {}};
        std::span<wire::OutgoingTrain> trains(&one, 1);
        EXPECT_EQ(sender.send(trains).lost_datagrams, 0U);
        fence_->wait();
        ++sent_to_resource_;
        turn();
    }
    void client_asks(std::string_view to, std::string_view from = "100.64.0.2") {
        arrives(sealed_with(*session_, packet(from, to, 17, test::udp(5000, 53, 20))));
    }
    // What comes from the private network, through the TUN device.
    void answers(Bytes packet) {
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_protocol = htons(ETH_P_IP);
        to.sll_ifindex = static_cast<int>(::if_nametoindex("fz-test"));
        EXPECT_EQ(::sendto(into_tun_.get(), packet.data(), packet.size(), 0,
                           reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  static_cast<ssize_t>(packet.size()));
        ++sent_to_client_;
        turn();
    }
    void answers_to(std::string_view to, std::string_view from = "10.1.2.3") {
        answers(packet(from, to, 17, test::udp(53, 5000, 20)));
    }
    // Frames, through the ring.
    void frames(int count) {
        put_on_the_wire(count);
        sent_to_resource_ += static_cast<std::uint64_t>(count);
    }

    void expect(Drop reason, std::uint64_t count = 1) {
        SCOPED_TRACE(std::string(dataplane::kDropTexts[static_cast<std::size_t>(reason)].name));
        expected_[reason] += count;
        EXPECT_EQ(counted(reason), expected_[reason]);
    }
    std::uint64_t counted(Drop reason) {
        const telemetry::WorkerFigures figures = published();
        return drops(figures.packets.to_resource, reason) +
               drops(figures.packets.to_client, reason);
    }
    /// As others see them.
    telemetry::WorkerFigures published() {
        worker_->publish(os::read_monotonic_clock());
        return telemetry::read_page(page_->bytes(), Instant{}).value().workers.at(0);
    }

    void provoke_doors();
    void provoke_rings();
    void provoke_sessions();
    void provoke_policy();
    void provoke_replies();

    std::unique_ptr<telemetry::PageWriter> page_;
    std::unique_ptr<udp::UdpSocket> relay_;
    dataplane::RelayChannels channels_;
    os::UniqueFd into_tun_;
    std::uint64_t sent_to_resource_ = 0;
    std::uint64_t sent_to_client_ = 0;
    std::map<Drop, std::uint64_t> expected_;
};

void EveryDrop::provoke_doors() {
    arrives(Buffer(1400, std::byte{4}));
    expect(Drop::oversized);

    int off = 0, on = 1;
    EXPECT_EQ(::setsockopt(ours_->fd(), IPPROTO_IP, IP_PKTINFO, &off, sizeof off), 0);
    client_asks("10.1.2.3");
    EXPECT_EQ(::setsockopt(ours_->fd(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on), 0);
    expect(Drop::unaddressed);

    output_of("ip link set fz-test down");
    client_asks("10.1.2.3");
    output_of("ip link set fz-test up; ip route add 100.64.0.2/32 dev fz-test");
    expect(Drop::tun_refused);

    const std::uint64_t room = 512;  // of the mailbox, which nobody empties
    for (std::uint64_t i = 0; i < room + 3; ++i) arrives(Buffer(20, std::byte{0}));
    expect(Drop::control_busy, 3);
}

/// Steers every frame to the ring, as ours never would.
os::UniqueFd attach_careless_program(int ring, unsigned interface) {
    os::UniqueFd sockets(::bpf_map_create(BPF_MAP_TYPE_XSKMAP, "careless", 4, 4, 1, nullptr));
    const std::uint32_t queue = 0;
    EXPECT_EQ(::bpf_map_update_elem(sockets.get(), &queue, &ring, BPF_ANY), 0);
    const bpf_insn program[] = {
        // return bpf_redirect_map(sockets, 0, XDP_PASS)
        {BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, sockets.get()},
        {0, 0, 0, 0, 0},
        {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 0},
        {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, XDP_PASS},
        {BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map},
        {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    const os::UniqueFd loaded(::bpf_prog_load(BPF_PROG_TYPE_XDP, "careless", "GPL", program,
                                              std::size(program), nullptr));
    return os::UniqueFd(
        ::bpf_link_create(loaded.get(), static_cast<int>(interface), BPF_XDP, nullptr));
}

void EveryDrop::provoke_rings() {
    // The kernel has 512 buffers, then 1024, then 2048 of them.
    frames(600);
    while (worker_->counters().to_resource.received < sent_to_resource_) turn_ring();
    expect(Drop::ring_starved, 88);
    frames(1100);
    while (worker_->counters().to_resource.received < sent_to_resource_) turn_ring();
    expect(Drop::ring_starved, 76);

    // 2048 places in the ring: what is read makes room for as many, and there are buffers again.
    frames(2048);
    turn_ring();
    frames(static_cast<int>(fastpath::kFramesPerReceive) + 44);
    while (worker_->counters().to_resource.received < sent_to_resource_) turn_ring();
    expect(Drop::ring_full, 44);

    steering_.reset();
    const os::UniqueFd link = attach_careless_program(ring_->fd(), ::if_nametoindex("here"));
    const Buffer nonsense(60, std::byte{0x42});
    EXPECT_EQ(::sendto(wire_.get(), nonsense.data(), nonsense.size(), 0,
                       reinterpret_cast<const sockaddr*>(&to_), sizeof to_),
              60);
    ++sent_to_resource_;
    turn_ring();
    expect(Drop::malformed_frame);
}

void EveryDrop::provoke_sessions() {
    const Buffer good = sealed_with(*session_, request());
    arrives_from(*relay_, channel_data(good, 0, 0x4002));
    expect(Drop::unknown_channel);

    Buffer message = good;
    message[4] ^= std::byte{0x80};
    arrives(message);
    expect(Drop::unknown_session);

    message = good;
    message.back() ^= std::byte{1};
    arrives(message);
    expect(Drop::bad_tag);

    arrives(good);
    arrives(good);
    expect(Drop::replayed);

    arrives(sealed_with(*session_, hex("6000")));
    expect(Drop::malformed_inner);

    AnotherPeer old(directory, 21, "100.64.0.21");
    old.connect(now - noise::kRejectAfterTime);
    arrives(sealed_with(*old.client, request()));
    expect(Drop::session_expired);

    AnotherPeer stranger(directory, 22, "100.64.0.22");
    stranger.connect(now);
    arrives(sealed_with(*stranger.client, request()));
    expect(Drop::no_access);
}

void EveryDrop::provoke_policy() {
    client_asks("10.1.2.3", "100.64.0.9");
    expect(Drop::source_not_client);
    client_asks("10.2.0.1");
    expect(Drop::filtered);
    client_asks("100.64.0.9");
    expect(Drop::hairpin);
    client_asks("192.168.1.1");
    expect(Drop::private_destination);
    client_asks("239.1.2.3");
    expect(Drop::multicast);

    AnotherPeer poor(directory, 23, "100.64.0.23");
    poor.connect(now);
    poor.state->set_access(
        std::make_unique<const policy::Access>(policy::Authorizations().compile(
            {.v4 = poor.at, .v6 = std::nullopt}, {.v4 = ip("100.64.0.1"), .v6 = std::nullopt})),
        directory.graveyard());
    arrives(
        sealed_with(*poor.client, packet("100.64.0.23", "10.9.9.9", 17, test::udp(5000, 53, 20))));
    expect(Drop::no_resource);
}

void EveryDrop::provoke_replies() {
    answers(hex("4500"));
    expect(Drop::malformed_outer);
    answers_to("192.0.2.1");
    expect(Drop::not_a_peer);
    answers_to("100.64.0.77");
    expect(Drop::unknown_peer);
    answers_to("100.64.0.2", "10.2.0.1");
    expect(Drop::reply_filtered);

    AnotherPeer renumbered(directory, 24, "100.64.0.24");
    renumbered.grant_everything();
    directory.assign(ip("100.64.0.25"), *renumbered.state);
    answers_to("100.64.0.25");
    directory.unassign(ip("100.64.0.25"), *renumbered.state);
    expect(Drop::not_for_client);

    answers_to("100.64.0.24");
    expect(Drop::no_path);
    renumbered.state->set_path(
        {.destination = {ip("127.0.0.1"), theirs_->port()}, .source = {}, .channel = {}},
        directory.graveyard());
    answers_to("100.64.0.24");
    expect(Drop::no_session);

    peer->set_path({.destination = {ip("::1"), 9}, .source = {}, .channel = {}},
                   directory.graveyard());
    answers_to("100.64.0.2");
    expect(Drop::socket_refused);
}

TEST_F(EveryDrop, IsProvokedAndAccountedForToThePacket) {
    provoke_doors();
    provoke_sessions();
    provoke_policy();
    provoke_replies();
    provoke_rings();

    const telemetry::WorkerFigures figures = published();
    const auto sum = [](const DirectionCounters& count) {
        return count.delivered + count.dropped_total();
    };
    EXPECT_EQ(figures.packets.to_resource.received, sent_to_resource_);
    EXPECT_EQ(sum(figures.packets.to_resource), sent_to_resource_);
    EXPECT_EQ(sum(figures.packets.to_client), figures.packets.to_client.received);
    // The host behind the device answers what it was sent, too: ICMP errors, nobody listens there.
    EXPECT_GE(figures.packets.to_client.received, sent_to_client_);
    for (std::size_t i = 0; i < dataplane::kDropCount; ++i)
        EXPECT_GT(expected_[static_cast<Drop>(i)], 0U) << dataplane::kDropTexts[i].name;
    EXPECT_EQ(expected_.size(), dataplane::kDropCount);
}

}  // namespace
}  // namespace fz::worker
