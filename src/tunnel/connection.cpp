#include "tunnel/connection.h"

namespace fz::tunnel {
namespace {

constexpr Duration kCandidateTimeout = 10s;      ///< from creation to the first remote candidate
constexpr Duration kDisconnectGrace = 2s;        ///< from losing the last pair to giving up
constexpr Duration kIdleAfter = 20s;             ///< without application packets
constexpr Duration kQuietAfterInitiation = 20s;  ///< a new path alone is no reason for another one

}  // namespace

std::string_view name_of(Failure failure) noexcept {
    switch (failure) {
        case Failure::no_candidates:
            return "the peer sent no candidates";
        case Failure::no_path:
            return "no path between the candidates works";
        case Failure::no_handshake:
            return "the peer does not answer handshakes";
    }
    return "unknown";
}

Connection::Connection(ice::Role role, std::uint32_t slot, const PeerCredentials& credentials,
                       const crypto::KeyPair& ours, Now now, crypto::Random& random)
    : credentials_(credentials),
      slot_(slot),
      agent_(role, credentials.local_ice, credentials.remote_ice, random, ice::kDefaultTiming),
      tunnel_(ours, credentials.public_key, credentials.preshared_key, slot, noise::Timing{}, now,
              random),
      last_packet_(now.instant),
      candidates_due_(now.instant + kCandidateTimeout) {}

std::optional<ice::Candidate> Connection::add_local(const turn::Address& address, Now now) {
    std::optional<ice::Candidate> candidate;
    switch (address.kind) {
        case turn::AddressKind::server_reflexive:
            return ice::Candidate::server_reflexive(address.address, address.base);
        case turn::AddressKind::host:
            candidate = ice::Candidate::host(address.address);
            break;
        case turn::AddressKind::relayed:
            candidate = ice::Candidate::relayed(address.address, address.base.family());
            break;
    }
    if (!candidate) return std::nullopt;
    if (auto added = agent_.add_local_candidate(*candidate, now.instant)) return added;
    for (const ice::Candidate& known : agent_.local_candidates())
        if (known.address == address.address) return known;
    return std::nullopt;
}

std::optional<ice::CandidateKind> Connection::kind_of_local(
    const wire::SocketAddr& address) const noexcept {
    for (const ice::Candidate& known : agent_.local_candidates())
        if (known.address == address) return known.kind;
    return std::nullopt;
}

std::optional<ice::Candidate> Connection::remove_local(const wire::SocketAddr& address, Now now) {
    return agent_.remove_local_candidate(address, now.instant);
}

void Connection::add_remote_candidate(const ice::Candidate& candidate, Now now) {
    candidates_due_.reset();
    agent_.add_remote_candidate(candidate, now.instant);
    if (candidate.kind != ice::CandidateKind::host) wake(now);
}

void Connection::remove_remote_candidate(const ice::Candidate& candidate, Now now) {
    agent_.remove_remote_candidate(candidate, now.instant);
}

bool Connection::handle_stun(const wire::SocketAddr& source, const wire::SocketAddr& local,
                             const stun::Message& message, Now now) {
    if (!agent_.handle_packet(source, local, message, now.instant)) return false;
    if (agent_.has_remote_candidate()) candidates_due_.reset();
    return true;
}

bool Connection::accept(const noise::OpenedInitiation& initiation, Now now) {
    return tunnel_.accept(initiation, now);
}

void Connection::handle_handshake(noise::MessageType type, Bytes message, Now now) {
    if (type == noise::MessageType::response) {
        static_cast<void>(tunnel_.handle_response(message, now));
    } else {
        static_cast<void>(tunnel_.handle_cookie_reply(message, now));
    }
}

void Connection::handle_activity(const dataplane::Activity& activity, Now now) {
    // The timers care who spoke last: what happened first is told first. Stamps of one batch are
    // equal; it was received before it was answered.
    const auto& sent = activity.data_sent;
    const auto before_sent = [&](const std::optional<Instant>& received) {
        return received && (!sent || *received <= *sent);
    };
    const auto tell_sent = [&] {
        if (sent) tunnel_.on_data_sent({*sent, now.unix});
    };
    const bool data_first = before_sent(activity.data_received);
    const bool keepalive_first = before_sent(activity.keepalive_received);
    if (!data_first && !keepalive_first) tell_sent();
    if (activity.data_received) tunnel_.on_data_received({*activity.data_received, now.unix});
    if (activity.keepalive_received) tunnel_.on_keepalive_received();
    if (data_first || keepalive_first) tell_sent();
    if (activity.session_wanted) tunnel_.want_session(now);
    if (activity.data_received || sent || activity.session_wanted) touch(now);
}

void Connection::initiate(Now now) { tunnel_.initiate(now, kQuietAfterInitiation); }

void Connection::touch(Now now) {
    last_packet_ = now.instant;
    wake(now);
}

void Connection::wake(Now now) {
    if (state_ != State::idle) return;
    state_ = State::connected;
    agent_.set_timing(ice::kDefaultTiming, now.instant);
}

std::optional<Instant> Connection::idle_at() const {
    if (state_ != State::connected || path_due_) return std::nullopt;
    return last_packet_ + kIdleAfter;
}

void Connection::handle_timeout(Now now) {
    agent_.handle_timeout(now.instant);
    if (has_path()) tunnel_.handle_timeout(now);
    if (candidates_due_ && *candidates_due_ <= now.instant) failure_ = Failure::no_candidates;
    if (path_due_ && *path_due_ <= now.instant) failure_ = Failure::no_path;
    if (const auto due = idle_at(); due && *due <= now.instant) {
        state_ = State::idle;
        agent_.set_timing(ice::kIdleTiming, now.instant);
    }
}

std::optional<Instant> Connection::poll_timeout() const {
    std::optional<Instant> next = earlier(agent_.poll_timeout(), idle_at());
    next = earlier(next, earlier(candidates_due_, path_due_));
    return has_path() ? earlier(next, tunnel_.poll_timeout()) : next;
}

std::optional<wire::DatagramBytes> Connection::poll_handshake() {
    return has_path() ? tunnel_.poll_transmit() : std::nullopt;
}

std::optional<ConnectionEvent> Connection::poll_event(Now now) {
    if (auto event = poll_agent(now)) return event;
    if (auto event = poll_tunnel()) return event;
    if (!failure_) return std::nullopt;
    const Failed failed{*failure_};
    failure_.reset();
    return failed;
}

std::optional<ConnectionEvent> Connection::poll_agent(Now now) {
    while (auto event = agent_.poll_event()) {
        if (const auto* nominated = std::get_if<ice::Nominated>(&*event)) {
            if (state_ == State::connecting) {
                state_ = State::connected;
                last_packet_ = now.instant;
            }
            return *nominated;
        }
        if (const auto* changed = std::get_if<ice::StateChanged>(&*event)) {
            path_due_.reset();
            if (changed->state == ice::State::disconnected)
                path_due_ = now.instant + kDisconnectGrace;
        }
    }
    return std::nullopt;
}

std::optional<ConnectionEvent> Connection::poll_tunnel() {
    auto event = tunnel_.poll_event();
    if (!event) return std::nullopt;
    if (auto* established = std::get_if<noise::Established>(&*event)) {
        const auto use = established->use == noise::Use::now
                             ? dataplane::PeerState::Use::now
                             : dataplane::PeerState::Use::once_confirmed;
        return SessionReady{established->keypair, use};
    }
    if (const auto* expired = std::get_if<noise::Expired>(&*event))
        return SessionGone{expired->local_index};
    if (std::holds_alternative<noise::SendKeepalive>(*event)) return KeepaliveDue{};
    return Failed{Failure::no_handshake};
}

}  // namespace fz::tunnel
