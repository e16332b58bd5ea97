// A scripted TURN server for tests, in the two dialects met in the field.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "crypto/hash.h"
#include "stun/builder.h"
#include "stun/credentials.h"
#include "stun/message.h"
#include "wire/transmit.h"

namespace fz::turn::test {

enum class Dialect {
    firezone,  ///< signs every error of a request that had a USERNAME; both families
    coturn,    ///< signs few errors, refuses foreign attributes, IPv4 only, rests after a release
};

/// One request as the server saw it.
struct Seen {
    Instant at;
    wire::SocketAddr to;
    stun::Method method;
    stun::TransactionId id;
    bool authenticated = false;
    std::optional<std::chrono::seconds> lifetime;
    std::optional<wire::ChannelNumber> channel;
};

class FakeServer {
  public:
    FakeServer(Dialect dialect, std::string username, std::string password)
        : dialect_(dialect), username_(std::move(username)), password_(std::move(password)) {}

    // Knobs.
    bool silent = false;
    std::vector<wire::Family> deaf;  ///< families that get no answer
    std::string realm = "firezone";
    wire::SocketAddr mapped_v4 = *wire::SocketAddr::parse("203.0.113.7:52625");
    wire::SocketAddr mapped_v6 = *wire::SocketAddr::parse("[2001:db8:7::1]:52625");
    std::map<stun::Method, std::deque<int>> script;  ///< errors to answer with, in turn
    std::map<stun::Method, int> always;              ///< an error for every request
    std::chrono::seconds lifetime{600};
    bool sign_successes = true;

    void forget_allocation() { expires_.reset(), channels_.clear(); }
    void change_nonce() { ++nonce_; }
    void occupy(Instant now) { expires_ = now + lifetime; }  ///< as if by a predecessor
    [[nodiscard]] bool has_allocation(Instant now) const { return expires_ && now < *expires_; }
    [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }
    [[nodiscard]] std::vector<Seen> seen(stun::Method method) const {
        std::vector<Seen> matching;
        for (const Seen& request : seen_)
            if (request.method == method) matching.push_back(request);
        return matching;
    }
    [[nodiscard]] const std::map<wire::ChannelNumber, wire::SocketAddr>& channels() const {
        return channels_;
    }

    /// The answer, if there is one.
    std::optional<wire::DatagramBytes> handle(const wire::Transmit& transmit, Instant now) {
        const auto message = stun::Message::parse(transmit.payload.view());
        if (!message || message->cls() != stun::Class::request) return std::nullopt;
        seen_.push_back({now, transmit.dst, message->method(), message->transaction_id(),
                         message->has_integrity(), message->lifetime(), message->channel_number()});
        const bool deaf_here =
            std::find(deaf.begin(), deaf.end(), transmit.dst.family()) != deaf.end();
        if (silent || deaf_here) return std::nullopt;
        if (message->method() == stun::Method::binding) return bound(*message, transmit.dst);
        if (const auto error = refusal(*message, now)) return refuse(*message, *error);
        switch (message->method()) {
            case stun::Method::allocate:
                return allocate(*message, now);
            case stun::Method::refresh:
                return refresh(*message, now);
            default:
                return bind_channel(*message);
        }
    }

  private:
    using Answer = std::optional<wire::DatagramBytes>;

    [[nodiscard]] std::string nonce() const { return "nonce-" + std::to_string(nonce_); }
    [[nodiscard]] crypto::Digest16 key() const {
        return stun::long_term_key(username_, realm, password_);
    }

    std::optional<int> refusal(const stun::Message& message, Instant now) {
        if (!message.has_integrity()) return 401;
        if (!message.nonce()) return dialect_ == Dialect::coturn ? 400 : 401;
        if (message.nonce() != nonce()) return 438;
        if (message.username() != username_ || !message.integrity_ok(key())) return 401;
        auto& codes = script[message.method()];
        if (!codes.empty()) {
            const int code = codes.front();
            codes.pop_front();
            if (code == 438) change_nonce();
            return code;
        }
        if (const auto code = always.find(message.method()); code != always.end()) {
            if (code->second == 438) change_nonce();
            return code->second;
        }
        return state_refusal(message, now);
    }

    std::optional<int> state_refusal(const stun::Message& message, Instant now) {
        const bool coturn = dialect_ == Dialect::coturn;
        if (message.method() == stun::Method::allocate) {
            if (message.requested_transport() != 17) return 400;
            const bool resting = coturn && released_ && now - *released_ < 1s;
            if (has_allocation(now) || resting) return 437;
            return std::nullopt;
        }
        if (coturn && message.method() == stun::Method::refresh && message.requested_transport())
            return 420;
        if (!has_allocation(now)) {
            const bool bind = message.method() == stun::Method::channel_bind;
            return coturn && bind ? 400 : 437;
        }
        return std::nullopt;
    }

    Answer refuse(const stun::Message& message, int code) {
        wire::DatagramBytes out;
        stun::Builder builder(out, stun::Class::error, message.method(), message.transaction_id());
        builder.error_code(static_cast<std::uint16_t>(code), "No");
        if (code == 401 || code == 438) builder.realm(realm).nonce(nonce());
        const bool early = code == 401 || code == 438 || message.method() == stun::Method::allocate;
        const bool sign = dialect_ == Dialect::firezone ? message.username().has_value() : !early;
        if (sign) builder.integrity(key());
        return out;
    }

    stun::Builder success(wire::DatagramBytes& out, const stun::Message& message) const {
        return {out, stun::Class::success, message.method(), message.transaction_id()};
    }
    Answer signed_answer(wire::DatagramBytes& out, stun::Builder& builder) const {
        if (sign_successes) builder.integrity(key());
        return out;
    }

    Answer bound(const stun::Message& message, const wire::SocketAddr& to) const {
        wire::DatagramBytes out;
        success(out, message)
            .software("fake")
            .attribute(0x802b, as_bytes("response-origin!"))
            .xor_mapped_address(to.family() == wire::Family::v4 ? mapped_v4 : mapped_v6);
        return out;
    }

    Answer allocate(const stun::Message& message, Instant now) {
        expires_ = now + lifetime;
        wire::DatagramBytes out;
        stun::Builder builder = success(out, message);
        builder.xor_relayed_address(*wire::SocketAddr::parse("198.51.100.1:50000"));
        if (dialect_ == Dialect::firezone) {
            builder.xor_relayed_address(*wire::SocketAddr::parse("[2001:db8:1::1]:50000"));
        } else {
            builder.xor_relayed_address(*wire::SocketAddr::parse("0.0.0.0:0"))
                .address_error_code(wire::Family::v6, 440, "Address Family not Supported");
        }
        builder.xor_mapped_address(mapped_v4).lifetime(lifetime);
        return signed_answer(out, builder);
    }

    Answer refresh(const stun::Message& message, Instant now) {
        const auto granted = message.lifetime().value_or(lifetime);
        expires_ = now + granted;
        if (granted == 0s) released_ = now, forget_allocation();
        wire::DatagramBytes out;
        stun::Builder builder = success(out, message);
        builder.lifetime(granted);
        return signed_answer(out, builder);
    }

    Answer bind_channel(const stun::Message& message) {
        channels_[*message.channel_number()] = *message.xor_peer_address();
        wire::DatagramBytes out;
        stun::Builder builder = success(out, message);
        return signed_answer(out, builder);
    }

    Dialect dialect_;
    std::string username_;
    std::string password_;
    int nonce_ = 1;
    std::optional<Instant> expires_;
    std::optional<Instant> released_;
    std::map<wire::ChannelNumber, wire::SocketAddr> channels_;
    std::vector<Seen> seen_;
};

}  // namespace fz::turn::test
