// An agent under any sequence of candidates, authentic and arbitrary datagrams, and time: it keeps
// its bounds, never asks to be woken in the past, and selects only addresses it has.
#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "ice/agent.h"
#include "ice/binding.h"
#include "stun/credentials.h"

namespace {

using namespace fz;
using namespace fz::ice;

const Credentials kOurs{"gatw", "gatewaypassword22char!"};
const Credentials kTheirs{"clnt", "clientpassword22chars!"};

class Scenario {
  public:
    explicit Scenario(Bytes script)
        : script_(script),
          role_(script_.u8() % 2 == 0 ? Role::controlled : Role::controlling),
          agent_(role_, kOurs, kTheirs, random_, kDefaultTiming) {}

    void run() {
        while (script_.ok() && !script_.at_end()) {
            step();
            drain();
        }
    }

  private:
    /// Few hosts and many ports, so that scripts hit the same address again.
    wire::SocketAddr address() {
        const std::uint8_t choice = script_.u8();
        const auto port = static_cast<std::uint16_t>(script_.u8() + 1);
        if (choice % 8 == 7) return {*wire::IpAddr::parse("2001:db8::1"), port};
        return {wire::IpAddr::v4(192, 0, 2, static_cast<std::uint8_t>(choice % 8 + 1)), port};
    }

    Candidate candidate() {
        const auto kind = static_cast<CandidateKind>(script_.u8() % 4);
        const wire::SocketAddr where = address();
        return {.kind = kind,
                .address = where,
                .priority = candidate_priority(kind, script_.be<std::uint16_t>()),
                .foundation = "f",
                .ufrag = std::nullopt};
    }

    void step() {
        switch (script_.u8() % 9) {
            case 0:
                return add_local(Candidate::host(address()));
            case 1:
                return add_local(Candidate::relayed(address(), wire::Family::v4));
            case 2:
                agent_.remove_local_candidate(address(), now_);
                return;
            case 3:
                return agent_.add_remote_candidate(candidate(), now_);
            case 4:
                return agent_.remove_remote_candidate(candidate(), now_);
            case 5:
                return request();
            case 6:
                return answer();
            case 7:
                return arbitrary();
            default:
                return pass_time();
        }
    }

    void add_local(const std::optional<Candidate>& local) {
        agent_.add_local_candidate(*local, now_);
    }

    void request() {
        const std::uint8_t flags = script_.u8();
        const Role sender = role_ == Role::controlled ? Role::controlling : Role::controlled;
        const auto message =
            write_request({.id = stun::TransactionId::random(random_),
                           .username = "gatw:clnt",
                           .role = flags % 16 == 15 ? role_ : sender,
                           .tie_breaker = 1,
                           .priority = script_.be<std::uint32_t>(),
                           .purpose = flags % 2 == 0 ? Purpose::check : Purpose::nominate},
                          stun::short_term_key(kOurs.password));
        const wire::SocketAddr source = address();
        deliver(source, local(), message->view());
    }

    void answer() {
        if (awaited_.empty()) return;
        const Check& check = awaited_[script_.u8() % awaited_.size()];
        const auto message =
            write_success(*check.awaits, address(), stun::short_term_key(kTheirs.password));
        deliver(check.remote, check.local, message.view());
    }

    void arbitrary() {
        const Bytes datagram = script_.bytes(std::min<std::size_t>(script_.u8(), 255));
        const wire::SocketAddr source = address();
        deliver(source, local(), datagram);
    }

    void pass_time() {
        const std::uint8_t choice = script_.u8();
        if (choice == 0) return agent_.set_timing(kIdleTiming, now_);
        if (choice == 1) return agent_.set_timing(kDefaultTiming, now_);
        if (choice < 128) {
            now_ = std::max(now_, agent_.poll_timeout().value_or(now_));
        } else {
            now_ += choice * 10ms;
        }
        agent_.handle_timeout(now_);
    }

    wire::SocketAddr local() {
        const auto locals = agent_.local_candidates();
        return locals.empty() ? address() : locals[script_.u8() % locals.size()].address;
    }

    void deliver(const wire::SocketAddr& source, const wire::SocketAddr& to, Bytes datagram) {
        if (const auto message = stun::Message::parse(datagram))
            agent_.handle_packet(source, to, *message, now_);
    }

    void drain() {
        std::size_t messages = 0;
        while (auto check = agent_.poll_transmit()) {
            FZ_ASSERT(++messages <= Checklist::kMaxPairs + 1);
            FZ_ASSERT(is_ours(check->local));
            FZ_ASSERT(stun::Message::parse(check->message.view()).has_value());
            if (check->awaits) awaited_.push_back(std::move(*check));
            if (awaited_.size() > 32) awaited_.erase(awaited_.begin());
        }
        while (const auto event = agent_.poll_event())
            if (const auto* nominated = std::get_if<Nominated>(&*event))
                FZ_ASSERT(is_ours(nominated->local));
        FZ_ASSERT(!agent_.poll_timeout() || *agent_.poll_timeout() > now_);
    }

    bool is_ours(const wire::SocketAddr& address) const {
        const auto locals = agent_.local_candidates();
        return std::any_of(locals.begin(), locals.end(),
                           [&](const Candidate& own) { return own.address == address; });
    }

    Reader script_;
    crypto::Random random_{crypto::Secret()};
    Role role_;
    Agent agent_;
    Instant now_{1h};
    std::vector<Check> awaited_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Scenario(std::as_bytes(std::span(data, size))).run();
    return 0;
}
