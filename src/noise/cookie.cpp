#include "noise/cookie.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace fz::noise {

namespace {

/// A handshake message cut where its MACs begin.
template <typename Byte>
struct Stamped {
    explicit Stamped(std::span<Byte> message) noexcept
        : before_mac1(message.first(message.size() - kMacsSize)),
          before_mac2(message.first(message.size() - sizeof(Mac))),
          mac1(before_mac2.last(sizeof(Mac))),
          mac2(message.last(sizeof(Mac))) {}

    std::span<Byte> before_mac1, before_mac2, mac1, mac2;
};

[[nodiscard]] bool carries_macs(Bytes message) noexcept {
    const auto type = classify(message);
    return type == MessageType::initiation || type == MessageType::response;
}

}  // namespace

MacKeys::MacKeys(const crypto::PublicKey& receiver) noexcept
    : mac1(crypto::blake2s({as_bytes("mac1----"), receiver.bytes})),
      cookie(crypto::blake2s({as_bytes("cookie--"), receiver.bytes})) {}

CookieMaker::CookieMaker(const crypto::PublicKey& ours, crypto::Random& random) noexcept
    : keys_(ours), random_(random) {}

CookieMaker::Proof CookieMaker::check(Bytes message, const wire::SocketAddr& source,
                                      Instant now) noexcept {
    if (!carries_macs(message)) return Proof::none;
    const Stamped part(message);
    const Mac mac1 = crypto::blake2s_mac16(keys_.mac1.bytes(), {part.before_mac1});
    if (!crypto::equal_constant_time(mac1, part.mac1)) return Proof::none;
    const Mac mac2 = crypto::blake2s_mac16(cookie_for(source, now), {part.before_mac2});
    return crypto::equal_constant_time(mac2, part.mac2) ? Proof::mac1_and_mac2 : Proof::mac1;
}

wire::DatagramBytes CookieMaker::reply(Bytes message, const wire::SocketAddr& source,
                                       Instant now) noexcept {
    FZ_ASSERT(carries_macs(message));
    CookieReply reply{.receiver = load_le<std::uint32_t>(message.data() + 4),
                      .nonce = random_.bytes<crypto::kXNonceSize>()};
    const Cookie cookie = cookie_for(source, now);
    const MutBytes sealed_cookie = reply.sealed_cookie;
    std::copy(cookie.begin(), cookie.end(), sealed_cookie.begin());
    crypto::xseal_in_place(keys_.cookie, reply.nonce, Stamped(message).mac1,
                           sealed_cookie.first(cookie.size()),
                           sealed_cookie.last<crypto::kAeadTagSize>());
    wire::DatagramBytes datagram;
    datagram.resize(CookieReply::kSize);
    reply.write(datagram.view());
    return datagram;
}

Cookie CookieMaker::cookie_for(const wire::SocketAddr& source, Instant now) noexcept {
    if (!secret_made_at_ || now - *secret_made_at_ >= kCookieLifetime) {
        secret_ = random_.secret();
        secret_made_at_ = now;
    }
    std::array<std::byte, sizeof(source.port)> port;
    store_be(port.data(), source.port);
    return crypto::blake2s_mac16(std::as_const(secret_).bytes(), {source.ip.bytes(), port});
}

void CookieJar::stamp(MutBytes message, Instant now) noexcept {
    FZ_ASSERT(carries_macs(message));
    const Stamped part(message);
    const Mac mac1 = crypto::blake2s_mac16(keys_.mac1.bytes(), {part.before_mac1});
    std::copy(mac1.begin(), mac1.end(), part.mac1.begin());
    last_mac1_ = mac1;

    if (kept_ && now - kept_->since >= kCookieLifetime) kept_.reset();
    Mac mac2{};  // zeros: no cookie (5.4.4)
    if (kept_) mac2 = crypto::blake2s_mac16(kept_->cookie, {part.before_mac2});
    std::copy(mac2.begin(), mac2.end(), part.mac2.begin());
}

bool CookieJar::keep(const CookieReply& reply, Instant now) noexcept {
    if (!last_mac1_) return false;
    Cookie cookie;
    const Bytes sealed_cookie = reply.sealed_cookie;
    std::copy_n(sealed_cookie.begin(), cookie.size(), cookie.begin());
    if (crypto::xopen_in_place(keys_.cookie, reply.nonce, *last_mac1_, cookie,
                               sealed_cookie.last<crypto::kAeadTagSize>()) ==
        crypto::Open::rejected)
        return false;
    kept_ = Kept{cookie, now};
    last_mac1_.reset();  // one reply per message: a replayed one must not prolong a cookie's life
    return true;
}

}  // namespace fz::noise
