#include "ice/agent.h"

#include <utility>

#include "base/assert.h"
#include "base/log.h"
#include "base/take_front.h"
#include "ice/binding.h"
#include "ice/selection.h"
#include "stun/credentials.h"

namespace fz::ice {
namespace {

constexpr Duration kUnpairedLimit = 10s;      ///< remote candidates, but no pair
constexpr std::size_t kMaxUndelivered = 256;  ///< checks that nobody polled

PairEnd end_of(const Candidate& candidate) noexcept {
    return {candidate.kind, candidate.address, candidate.priority};
}

std::string_view name_of(State state) noexcept {
    switch (state) {
        case State::waiting:
            return "waiting";
        case State::checking:
            return "checking";
        case State::connected:
            return "connected";
        case State::completed:
            return "completed";
        case State::disconnected:
            return "disconnected";
    }
    return "unknown";
}

}  // namespace

Agent::Agent(Role role, Credentials local, Credentials remote, crypto::Random& random,
             const Timing& timing)
    : role_(role),
      local_(std::move(local)),
      remote_(std::move(remote)),
      inbound_username_(local_.ufrag + ':' + remote_.ufrag),
      outbound_username_(remote_.ufrag + ':' + local_.ufrag),
      random_(random),
      tie_breaker_(random.u64()),
      timing_(timing),
      checklist_(role) {}

std::optional<Candidate> Agent::add_local_candidate(Candidate candidate, Instant now) {
    FZ_ASSERT(candidate.kind == CandidateKind::host || candidate.kind == CandidateKind::relay);
    candidate.ufrag = local_.ufrag;
    const Candidate* added = locals_.add(std::move(candidate));
    if (added == nullptr) return std::nullopt;
    std::optional<Candidate> to_signal(*added);
    for (const PairEnd& remote : remotes_.all()) checklist_.insert(end_of(*added), remote, now);
    advance(now);
    return to_signal;
}

std::optional<Candidate> Agent::remove_local_candidate(const wire::SocketAddr& address,
                                                       Instant now) {
    std::optional<Candidate> removed = locals_.remove(address);
    if (!removed) return std::nullopt;
    removed->ufrag.reset();
    checklist_.remove_local(address);
    advance(now);
    return removed;
}

void Agent::add_remote_candidate(const Candidate& candidate, Instant now) {
    if (candidate.ufrag && *candidate.ufrag != remote_.ufrag) return;
    if (!is_usable(candidate.address)) return;
    add_remote(end_of(candidate), now);
    for (const PairEnd& guess : remotes_.guesses()) add_remote(guess, now);
    advance(now);
}

void Agent::add_remote(const PairEnd& remote, Instant now) {
    if (!remotes_.make_room([this](const auto& known) { return checklist_.has_remote(known); }))
        return;
    remotes_.add(remote);
    for (const Candidate& local : locals_.all()) checklist_.insert(end_of(local), remote, now);
}

void Agent::remove_remote_candidate(const Candidate& candidate, Instant now) {
    remotes_.remove(candidate.address, candidate.kind);
    checklist_.remove_remote(candidate.address, candidate.kind);
    if (const PairEnd* other = remotes_.find(candidate.address))
        for (const Candidate& local : locals_.all()) checklist_.insert(end_of(local), *other, now);
    advance(now);
}

bool Agent::accepts(const stun::Message& message) const {
    if (message.is(stun::Class::request, stun::Method::binding))
        return message.username() == inbound_username_ && message.priority() &&
               message.integrity_ok(stun::short_term_key(local_.password));
    return message.is(stun::Class::success, stun::Method::binding) &&
           checklist_.awaits(message.transaction_id()) &&
           message.integrity_ok(stun::short_term_key(remote_.password));
}

bool Agent::handle_packet(const wire::SocketAddr& source, const wire::SocketAddr& local,
                          const stun::Message& message, Instant now) {
    if (!accepts(message)) return false;
    if (message.cls() == stun::Class::success) {
        handle_answer(message, now);
    } else if (const Candidate* ours = locals_.find(local)) {
        handle_request(end_of(*ours), source, message, now);
    }
    advance(now);
    return true;
}

bool Agent::conflicts(const stun::Message& request) const noexcept {
    return role_ == Role::controlled ? request.ice_controlled().has_value()
                                     : request.ice_controlling().has_value();
}

void Agent::handle_request(const PairEnd& local, const wire::SocketAddr& source,
                           const stun::Message& request, Instant now) {
    if (source.family() != local.address.family() || !is_usable(source)) return;
    const Bytes key = stun::short_term_key(local_.password);
    if (conflicts(request)) {
        push({local.address, source, write_role_conflict(request.transaction_id(), key), {}});
        return;
    }
    if (remotes_.barred(source)) return;
    push({local.address, source, write_success(request.transaction_id(), source, key), {}});

    const auto remote = remote_at(source, *request.priority());
    if (!remote) return;
    checklist_.insert(local, *remote, now);
    Pair* pair = checklist_.find(local.address, source);
    if (pair == nullptr) return;
    if (!pair->checks.succeeded() || pair->checks.silent(now)) pair->checks.hasten(now);
    if (role_ == Role::controlled && request.use_candidate()) nominate(*pair, now);
}

std::optional<PairEnd> Agent::remote_at(const wire::SocketAddr& source, std::uint32_t priority) {
    if (const PairEnd* known = remotes_.find(source)) return *known;
    if (!remotes_.make_room([this](const auto& known) { return checklist_.has_remote(known); }))
        return std::nullopt;
    const PairEnd learned{CandidateKind::prflx, source, priority};
    remotes_.add(learned);
    return learned;
}

void Agent::nominate(Pair& pair, Instant now) {
    if (pair.nominated()) return;
    pair.nomination = Nomination::nominated;
    pair.checks.expedite(now);
    if (!selected_) return;
    Pair* current = checklist_.find(selected_->local, selected_->remote);
    if (current != nullptr && current->priority >= pair.priority) current->checks.probe(now);
}

void Agent::handle_answer(const stun::Message& answer, Instant now) {
    Pair* pair = checklist_.find(answer.transaction_id());
    const auto sent_at = pair->checks.answered(answer.transaction_id(), now);
    if (pair->nomination == Nomination::proposed && sent_at >= pair->proposed_at)
        pair->nomination = Nomination::nominated;
}

void Agent::handle_timeout(Instant now) { advance(now); }

void Agent::set_timing(const Timing& timing, Instant now) {
    if (timing == timing_) return;
    timing_ = timing;
    for (Pair& pair : checklist_.pairs()) pair.checks.reschedule(timing_);
    advance(now);
}

void Agent::advance(Instant now) {
    checklist_.prune(timing_, now);
    if (role_ == Role::controlling) propose_best(now);
    send_due_checks(now);
    select(now);
    update_state(now);
}

void Agent::propose_best(Instant now) {
    Pair* best = Selection(checklist_.pairs(), now).best();
    if (best == nullptr || best->nomination != Nomination::none) return;
    best->nomination = Nomination::proposed;
    best->proposed_at = now;
    best->checks.expedite(now);
}

void Agent::send_due_checks(Instant now) {
    for (Pair& pair : checklist_.pairs())
        if (pair.checks.due() <= now) send_check(pair, now);
}

void Agent::send_check(Pair& pair, Instant now) {
    const auto id = stun::TransactionId::random(random_);
    pair.checks.sent(id, timing_, now);
    auto message =
        write_request({.id = id,
                       .username = outbound_username_,
                       .role = role_,
                       .tie_breaker = tie_breaker_,
                       .priority = as_peer_reflexive(pair.local.priority),
                       .purpose = role_ == Role::controlling && pair.nomination != Nomination::none
                                      ? Purpose::nominate
                                      : Purpose::check},
                      stun::short_term_key(remote_.password));
    if (message) push({pair.local.address, pair.remote.address, std::move(*message), id});
}

void Agent::select(Instant now) {
    Pair* current = selected_ ? checklist_.find(selected_->local, selected_->remote) : nullptr;
    const Pair* pair = Selection(checklist_.pairs(), now).to_use(current);
    if (pair == nullptr) {
        selected_.reset();
        return;
    }
    const Nominated choice{pair->local.address, pair->local.kind, pair->remote.address,
                           pair->remote.kind};
    if (selected_ == choice) return;
    selected_ = choice;
    events_.emplace_back(choice);
    FZ_LOG(debug, "pair selected", kv("local", choice.local), kv("remote", choice.remote));
}

void Agent::update_state(Instant now) {
    const std::size_t pairs = checklist_.pairs().size();
    if (pairs != 0 || !has_remote_candidate()) {
        unpaired_until_.reset();
    } else if (!unpaired_until_) {
        unpaired_until_ = now + kUnpairedLimit;
    }
    State next = State::waiting;
    if (pairs == 0) {
        const bool too_long = unpaired_until_ && *unpaired_until_ <= now;
        if (checklist_.ever_paired() || too_long) next = State::disconnected;
    } else if (!selected_) {
        next = State::checking;
    } else {
        next = pairs > 1 ? State::connected : State::completed;
    }
    if (next == state_) return;
    state_ = next;
    events_.emplace_back(StateChanged{next});
    FZ_LOG(debug, "state changed", kv("state", name_of(next)));
}

void Agent::push(Check check) {
    if (checks_.size() == kMaxUndelivered) checks_.pop_front();
    checks_.push_back(std::move(check));
}

std::optional<Check> Agent::poll_transmit() { return take_front(checks_); }

std::optional<Event> Agent::poll_event() {
    if (events_.empty()) return std::nullopt;
    const Event event = events_.front();
    events_.pop_front();
    return event;
}

std::optional<Duration> Agent::round_trip() const noexcept {
    const Pair* pair = selected_ ? checklist_.find(selected_->local, selected_->remote) : nullptr;
    return pair == nullptr ? std::nullopt : pair->checks.round_trip();
}

std::optional<Instant> Agent::poll_timeout() const {
    const bool waiting = state_ == State::waiting;
    return earlier(checklist_.due(), waiting ? unpaired_until_ : std::nullopt);
}

}  // namespace fz::ice
