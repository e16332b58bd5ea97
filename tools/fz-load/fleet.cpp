#include "fleet.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "admission.h"
#include "base/take_front.h"
#include "crypto/aead.h"
#include "noise/messages.h"
#include "os/clock.h"
#include "os/entropy.h"

namespace fz::load {
namespace {

// A gateway answers a hundred handshake messages a second; beyond that it hands out cookies, with
// which an initiator comes back after five seconds. So most are on their way for so long.
constexpr std::size_t kMaxUnready = 2500;  ///< peers on their way before the next portion
constexpr std::size_t kPerTurn = 8;  ///< peers that begin at once: a burst of checks is soon lost
constexpr int kAttempts = 5;         ///< of one peer
constexpr Duration kConnectLimit = 40s;  ///< without any peer getting ready

std::string username_from_gateway(const Identity& identity) {
    return identity.client_ice.ufrag + ':' + identity.gateway_ice.ufrag;
}

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Fleet::Fleet(std::span<const Identity> identities, std::size_t first, std::size_t sockets,
             const wire::SocketAddr& gateway, std::size_t copied)
    : identities_(identities.begin(), identities.end()),
      first_(first),
      gateway_(gateway),
      random_(crypto::Secret{os::random_seed()}),
      // A train to one peer is of one session; one to several must be read through.
      room_(identities.size() > sockets ? ReceiveRoom::kWhole : copied),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Expected<std::unique_ptr<Fleet>> Fleet::open(std::span<const Identity> identities,
                                             std::size_t first, std::size_t sockets,
                                             const wire::SocketAddr& gateway, std::size_t copied) {
    std::unique_ptr<Fleet> fleet(new Fleet(identities, first, sockets, gateway, copied));
    FZ_TRY(fleet->open_ports(sockets));
    return fleet;
}

Expected<void> Fleet::open_ports(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        FZ_ASSIGN(UdpPort port, UdpPort::open(gateway_));
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u64 = i;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, port.fd(), &wanted) != 0)
            return Unexpected{Error("epoll_ctl", errno)};
        ports_.push_back(std::move(port));
    }
    return {};
}

Expected<ConnectReport> Fleet::connect(const PortalDoor& portal) {
    const Instant begin = os::read_monotonic_clock();
    Instant progress_at = begin;
    std::size_t ready_then = 0;
    Admission admission(portal, first_, identities_.size());
    while (with_session_ < identities_.size()) {
        const Now now = os::read_clocks();
        FZ_TRY(admission.poll(peers_.size() - with_session_ < kMaxUnready, now.instant));
        for (std::size_t i = 0; i < kPerTurn; ++i)
            if (const auto peer = admission.take()) start(*peer, now);
        wait(2ms);
        service();
        if (failure_) return Unexpected{*failure_};
        while (const auto peer = take_front(given_up_)) admission.again(*peer);
        if (with_session_ != ready_then) progress_at = now.instant, ready_then = with_session_;
        if (now.instant - progress_at > kConnectLimit)
            return Unexpected{Error("peers do not get ready: " + std::to_string(with_session_) +
                                    " of " + std::to_string(identities_.size()) + " are")};
    }
    return ConnectReport{seconds_of(os::read_monotonic_clock() - begin),
                         seconds_of(admission.authorizing())};
}

void Fleet::start(std::size_t index, Now now) {
    if (index == peers_.size())
        add_peer(now);
    else
        peers_[index]->connect(now, random_);
    begin(*peers_[index], now);
}

void Fleet::add_peer(Now now) {
    const std::size_t index = peers_.size();
    // Neighbours share a socket, so that their trains can share a system call.
    const std::size_t socket = index * ports_.size() / identities_.size();
    const auto slot = static_cast<std::uint32_t>(index);
    peers_.push_back(std::make_unique<LoadPeer>(identities_[index], slot, socket, now, random_));
    routes_.add(username_from_gateway(identities_[index]), slot);
}

void Fleet::begin(LoadPeer& peer, Now now) {
    const wire::SocketAddr& local = ports_[peer.socket].local();
    static_cast<void>(peer.connection->add_local({turn::AddressKind::host, local, local}, now));
    if (const auto remote = ice::Candidate::host(gateway_))
        peer.connection->add_remote_candidate(*remote, now);
    drain(peer, now);
}

bool Fleet::service(const OnData& on_data) {
    std::array<epoll_event, 64> ready;
    const int count = ::epoll_wait(epoll_.get(), ready.data(), ready.size(), 0);
    bool any = false;
    for (int i = 0; i < count; ++i)
        any |= service_socket(ready[static_cast<std::size_t>(i)].data.u64, on_data);
    run_timers(os::read_clocks());
    return any;
}

bool Fleet::service_socket(std::size_t socket, const OnData& on_data) {
    const auto batch = receive(socket);
    for (const Received& received : batch) handle(socket, received, on_data);
    return !batch.empty();
}

void Fleet::handle(std::size_t socket, const Received& received, const OnData& on_data) {
    const Bytes first = received.head.first(std::min(received.head.size(), received.segment));
    if (const auto type = noise::classify(first)) {
        if (*type == noise::MessageType::data) return handle_data(received, on_data);
        const auto index = noise::receiver_of(first);
        if (!index || *index >> 8 >= peers_.size()) return;
        LoadPeer& peer = *peers_[*index >> 8];
        const Now now = os::read_clocks();
        peer.connection->handle_handshake(*type, first, now);
        drain(peer, now);
        return;
    }
    // Connectivity checks of equal length may have been merged.
    const Now now = os::read_clocks();
    for (Bytes rest = received.head; !rest.empty();) {
        const Bytes one = rest.first(std::min(rest.size(), received.segment));
        if (const auto message = stun::Message::parse(one)) handle_stun(socket, *message, now);
        rest = rest.subspan(one.size());
    }
}

void Fleet::handle_data(const Received& received, const OnData& on_data) {
    if (!on_data) return;
    const auto hand_over = [&](std::uint32_t index, const Received& run) {
        if (index >> 8 < peers_.size()) on_data(*peers_[index >> 8], run);
    };
    const std::optional<std::uint32_t> first = noise::receiver_of(received.head);
    if (!first) return;
    if (!received.complete()) return hand_over(*first, received);
    std::uint32_t index = *first;
    std::size_t begin = 0;
    const auto run_until = [&](std::size_t end) {
        const Bytes run = received.head.subspan(begin, end - begin);
        hand_over(index, {run, run.size(), std::min(received.segment, run.size())});
        begin = end;
    };
    for (std::size_t at = received.segment; at < received.bytes; at += received.segment) {
        const auto next = noise::receiver_of(received.head.subspan(at));
        if (!next) break;  // no WireGuard message: what follows is nothing of ours
        if (*next == index) continue;
        run_until(at);
        index = *next;
    }
    run_until(received.bytes);
}

void Fleet::handle_stun(std::size_t socket, const stun::Message& message, Now now) {
    for (const std::uint32_t slot : routes_.candidates(message)) {
        LoadPeer& peer = *peers_[slot];
        if (!peer.connection->handle_stun(gateway_, ports_[socket].local(), message, now)) continue;
        peer.heard_at = now.instant;
        drain(peer, now);
        return;
    }
}

void Fleet::drain(LoadPeer& peer, Now now) {
    while (const auto event = peer.connection->poll_event(now)) handle(peer, *event, now);
    const UdpPort& port = ports_[peer.socket];
    while (const auto check = peer.connection->poll_check()) {
        if (check->awaits) routes_.sent(*check->awaits, peer.slot, now.instant);
        port.send(check->message.view());
    }
    while (const auto handshake = peer.connection->poll_handshake()) port.send(handshake->view());
    deadlines_.set(peer.slot, peer.connection->poll_timeout());
}

void Fleet::handle(LoadPeer& peer, const tunnel::ConnectionEvent& event, Now now) {
    if (std::holds_alternative<tunnel::Selected>(event)) {
        peer.connection->initiate(now);
    } else if (const auto* ready = std::get_if<tunnel::SessionReady>(&event)) {
        if (!peer.session) ++with_session_;
        peer.session = Session{ready->keys};
        send_keepalive(peer);  // a gateway sends nothing before it has heard the initiator's data
    } else if (std::holds_alternative<tunnel::KeepaliveDue>(event)) {
        send_keepalive(peer);
        peer.connection->keepalive_sent();
    } else if (const auto* failed = std::get_if<tunnel::Failed>(&event)) {
        if (!peer.session && peer.attempts < kAttempts)
            given_up_.push_back(peer.slot);
        else if (!failure_)
            failure_ = Error("peer " + std::to_string(peer.slot) + ": " +
                             std::string(tunnel::name_of(failed->why)));
    }
}

void Fleet::run_timers(Now now) {
    routes_.expire(now.instant);
    while (const auto slot = deadlines_.take_due(now.instant)) {
        LoadPeer& peer = *peers_[*slot];
        peer.connection->handle_timeout(now);
        drain(peer, now);
    }
}

void Fleet::wait(Duration limit) const {
    if (const auto next = deadlines_.next())
        limit = std::clamp(*next - os::read_monotonic_clock(), Duration::zero(), limit);
    epoll_event ready{};
    ::epoll_wait(epoll_.get(), &ready, 1,
                 static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(limit).count()));
}

void Fleet::send_keepalives() {
    for (const auto& peer : peers_) send_keepalive(*peer);
}

void Fleet::send_keepalive(LoadPeer& peer) {
    if (!peer.session) return;
    Session& session = *peer.session;
    std::array<std::byte, noise::kKeepaliveSize> message{};
    Writer header(message);
    header.le(static_cast<std::uint32_t>(noise::MessageType::data));
    header.le(session.keys.remote_index);
    header.le(session.next_counter);
    crypto::seal_in_place(session.keys.send_key, session.next_counter++, {}, {},
                          std::span(message).last<crypto::kAeadTagSize>());
    ports_[peer.socket].send(message);
}

std::size_t Fleet::heard_within(Duration window) const {
    const Instant since = os::read_monotonic_clock() - window;
    return static_cast<std::size_t>(std::count_if(
        peers_.begin(), peers_.end(),
        [&](const auto& peer) { return peer->heard_at && *peer->heard_at >= since; }));
}

}  // namespace fz::load
