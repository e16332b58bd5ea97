#include "noise/handshake.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "crypto/hash.h"
#include "crypto/x25519.h"
#include "noise/cookie.h"
#include "unit/crypto/hex.h"

namespace fz::noise {
namespace {

using crypto::to_hex;
using test::from_hex;

/// tests/vectors/noise_ikpsk2.txt, which a Python program computed without our code.
class Handshake : public ::testing::Test {
  protected:
    void SetUp() override {
        std::ifstream file(FZ_TEST_VECTORS "/noise_ikpsk2.txt");
        for (std::string line, name, hex; std::getline(file, line);)
            if (std::istringstream words(line); words >> name >> hex) values_[name] = hex;
        initiator_ = key_pair("initiator_private");
        responder_ = key_pair("responder_private");
    }

    [[nodiscard]] std::vector<std::byte> bytes(const std::string& name) const {
        return from_hex(values_.at(name));
    }
    [[nodiscard]] const std::string& hex(const std::string& name) const { return values_.at(name); }
    [[nodiscard]] crypto::KeyPair key_pair(const std::string& name) const {
        const crypto::PrivateKey key(bytes(name));
        return {key, crypto::public_key_of(key)};
    }
    [[nodiscard]] crypto::PresharedKey psk() const {
        return crypto::PresharedKey(bytes("preshared_key"));
    }
    [[nodiscard]] Tai64n timestamp() const {
        Tai64n result;
        const auto from = bytes("timestamp");
        std::copy(from.begin(), from.end(), result.bytes.begin());
        return result;
    }
    [[nodiscard]] Begun begun() const {
        return begin(initiator_, responder_.public_key, key_pair("initiator_ephemeral"), 0x01020301,
                     timestamp())
            .value();
    }

    template <typename Message>
    [[nodiscard]] static std::string stamped(const Message& message, CookieJar& jar) {
        std::vector<std::byte> out(Message::kSize);
        message.write(out);
        jar.stamp(out, Instant{});
        return to_hex(out);
    }

    std::map<std::string, std::string> values_;
    crypto::KeyPair initiator_, responder_;
};

TEST_F(Handshake, InitiatorSaysAndDerivesWhatThePaperSays) {
    CookieJar jar(responder_.public_key);
    EXPECT_EQ(stamped(begun().message, jar), hex("initiation"));
    const auto keypair = finish(begun().pending, initiator_, psk(),
                                Response::parse(bytes("response")).value(), Instant{9s});
    ASSERT_TRUE(keypair);
    EXPECT_EQ(to_hex(keypair->send_key.bytes()), hex("initiator_sends"));
    EXPECT_EQ(to_hex(keypair->receive_key.bytes()), hex("responder_sends"));
    EXPECT_EQ(keypair->local_index, 0x01020301u);
    EXPECT_EQ(keypair->remote_index, 0xa0b0c001u);
    EXPECT_EQ(keypair->role, Role::initiator);
    EXPECT_EQ(keypair->created_at, Instant{9s});
}

TEST_F(Handshake, ResponderSaysAndDerivesWhatThePaperSays) {
    const auto opened = open_initiation(responder_, bytes("initiation"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->initiator, initiator_.public_key);
    EXPECT_EQ(opened->timestamp, timestamp());
    const auto answered =
        answer(*opened, psk(), key_pair("responder_ephemeral"), 0xa0b0c001, Instant{9s});
    ASSERT_TRUE(answered);
    CookieJar jar(initiator_.public_key);
    EXPECT_EQ(stamped(answered->message, jar), hex("response"));
    EXPECT_EQ(to_hex(answered->keypair.send_key.bytes()), hex("responder_sends"));
    EXPECT_EQ(to_hex(answered->keypair.receive_key.bytes()), hex("initiator_sends"));
    EXPECT_EQ(answered->keypair.remote_index, 0x01020301u);
    EXPECT_EQ(answered->keypair.role, Role::responder);
}

TEST_F(Handshake, ACookieMakesMac2) {
    CookieJar jar(responder_.public_key);
    static_cast<void>(stamped(begun().message, jar));
    ASSERT_TRUE(jar.keep(CookieReply::parse(bytes("cookie_reply")).value(), Instant{}));
    EXPECT_EQ(stamped(begun().message, jar), hex("initiation_with_cookie"));
}

TEST_F(Handshake, RejectsAnyFlippedBitOfAnInitiationBeforeItsMacs) {
    const auto good = bytes("initiation");
    for (std::size_t i = 8; i < 148 - 32; ++i) {
        auto bad = good;
        bad[i] ^= std::byte{0x01};
        EXPECT_FALSE(open_initiation(responder_, bad)) << "byte " << i;
    }
    EXPECT_FALSE(open_initiation(initiator_, good));
}

TEST_F(Handshake, RejectsAnyFlippedBitOfAResponseBeforeItsMacs) {
    const auto good = bytes("response");
    for (std::size_t i = 8; i < 92 - 32; ++i) {
        auto bad = good;
        bad[i] ^= std::byte{0x01};
        EXPECT_FALSE(
            finish(begun().pending, initiator_, psk(), Response::parse(bad).value(), Instant{}))
            << "byte " << i;
    }
    EXPECT_FALSE(finish(begun().pending, initiator_, crypto::PresharedKey{},
                        Response::parse(good).value(), Instant{}));
}

TEST_F(Handshake, RefusesToTalkToAKeyOfLowOrder) {
    EXPECT_FALSE(begin(initiator_, crypto::PublicKey{}, responder_, 1, Tai64n{}));
}

}  // namespace
}  // namespace fz::noise
