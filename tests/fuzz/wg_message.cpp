// Arbitrary datagrams at every door of noise/: the parsers, the gatekeeper, a responder, a tunnel
// that waits for a response. A copy with a right mac1 goes the same way, to get past the gate.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "crypto/hash.h"
#include "crypto/x25519.h"
#include "noise/gatekeeper.h"
#include "noise/handshake.h"
#include "noise/tunnel.h"

namespace {

using namespace fz;
using namespace fz::noise;

/// The keys of tests/vectors/noise_ikpsk2.py, so that its messages are good seeds.
[[nodiscard]] crypto::Secret fixed(std::string_view label) {
    return crypto::Secret(crypto::sha256(as_bytes(label)));
}
[[nodiscard]] crypto::KeyPair key_pair(std::string_view label) {
    return {fixed(label), crypto::public_key_of(fixed(label))};
}

template <typename Message>
void check_round_trip(Bytes datagram, std::size_t macs) {
    const auto parsed = Message::parse(datagram);
    if (!parsed) return;
    std::vector<std::byte> written(Message::kSize);
    parsed->write(written);
    const Bytes meaning = datagram.first(datagram.size() - macs);
    FZ_ASSERT(std::equal(meaning.begin(), meaning.end(), written.begin()));
}

void drain(Tunnel& tunnel) {
    while (tunnel.poll_transmit()) continue;
    while (tunnel.poll_event()) continue;
}

/// One node with the connection of the vector's initiator, seeing one datagram.
void knock(Bytes datagram) {
    static const crypto::KeyPair kOurs = key_pair("responder"), kTheirs = key_pair("initiator");
    const Now now{Instant{1h}, UnixTime{1'700'000'000s}};
    crypto::Random random(fixed("random"));
    Gatekeeper gatekeeper(kOurs.public_key, random);
    Tunnel tunnel(kOurs, kTheirs.public_key, fixed("psk"), 0x010203, Timing{}, now, random);
    tunnel.initiate(now);

    static_cast<void>(receiver_of(datagram));
    static_cast<void>(gatekeeper.admit(datagram, {wire::IpAddr::v4(192, 0, 2, 1), 52625}, now));
    if (const auto opened = open_initiation(kOurs, datagram)) {
        const bool accepted = tunnel.accept(*opened, now);
        FZ_ASSERT(accepted == (opened->initiator == kTheirs.public_key));
        FZ_ASSERT(!tunnel.accept(*opened, now));
    }
    static_cast<void>(tunnel.handle_response(datagram, now));
    static_cast<void>(tunnel.handle_cookie_reply(datagram, now));
    drain(tunnel);
    tunnel.handle_timeout({now.instant + 6s, now.unix + 6s});
    drain(tunnel);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes datagram = std::as_bytes(std::span(data, size));
    check_round_trip<Initiation>(datagram, kMacsSize);
    check_round_trip<Response>(datagram, kMacsSize);
    check_round_trip<CookieReply>(datagram, 0);
    knock(datagram);

    const auto type = classify(datagram);
    if (type == MessageType::initiation || type == MessageType::response) {
        std::vector<std::byte> stamped(datagram.begin(), datagram.end());
        CookieJar(key_pair("responder").public_key).stamp(stamped, Instant{});
        knock(stamped);
    }
    return 0;
}
