#include "crypto/keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/x25519.h"
#include "hex.h"

namespace fz::crypto {
namespace {

using test::from_hex;

constexpr std::string_view kBase64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

[[nodiscard]] PublicKey public_key(std::string_view hex) {
    const auto bytes = from_hex(hex);
    PublicKey key;
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    return key;
}

TEST(PublicKey, IsFortyFourCharactersOfBase64) {
    const auto key = PublicKey::from_base64(kBase64);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->bytes[31], std::byte{31});
    EXPECT_EQ(key->to_base64(), kBase64);
}

TEST(PublicKey, RejectsTextThatIsNotExactlyAKey) {
    EXPECT_FALSE(PublicKey::from_base64(""));
    EXPECT_FALSE(PublicKey::from_base64(kBase64.substr(0, 43)));  // no padding
    EXPECT_FALSE(PublicKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="));  // 31
    EXPECT_FALSE(PublicKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"));  // 33
    EXPECT_FALSE(PublicKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"));
    EXPECT_FALSE(PublicKey::from_base64("-_ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
}

TEST(Secret, ComparesByContent) {
    EXPECT_EQ(Secret::from_base64(kBase64), Secret::from_base64(kBase64));
    EXPECT_FALSE(*Secret::from_base64(kBase64) == Secret());
}

TEST(X25519, MatchesRfc7748Section52) {
    const PublicKey point =
        public_key("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    const Secret scalar(
        from_hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
    EXPECT_EQ(x25519(scalar, point),
              Secret(from_hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")));
}

TEST(X25519, MatchesBobsSideOfRfc7748Section61) {
    const Secret bob(from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    EXPECT_EQ(to_hex(public_key_of(bob).bytes),
              "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    EXPECT_EQ(x25519(bob, public_key("8520f0098930a754748b7ddcb43ef75a"
                                     "0dbf3a0d26381af4eba4a98eaa9b4e6a")),
              Secret(from_hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")));
}

TEST(X25519, RefusesPointsOfLowOrder) {
    PublicKey one;
    one.bytes[0] = std::byte{1};
    EXPECT_FALSE(x25519(Secret::from_base64(kBase64).value(), PublicKey{}));
    EXPECT_FALSE(x25519(Secret::from_base64(kBase64).value(), one));
}

TEST(GenerateKeyPair, GivesAKeyWithItsPublicHalf) {
    Random random{Secret{}};
    const KeyPair first = generate_key_pair(random), second = generate_key_pair(random);
    EXPECT_EQ(first.public_key, public_key_of(first.private_key));
    EXPECT_NE(first.public_key, second.public_key);
}

}  // namespace
}  // namespace fz::crypto
