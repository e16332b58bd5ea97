#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hex.h"

namespace fz::crypto {
namespace {

using test::from_hex;

TEST(Blake2s, MatchesRfc7693AppendixB) {
    EXPECT_EQ(to_hex(blake2s({as_bytes("abc")})),
              "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
}

TEST(Blake2s, HashesTheConcatenationOfItsParts) {
    EXPECT_EQ(blake2s({as_bytes("a"), {}, as_bytes("bc")}), blake2s({as_bytes("abc")}));
}

// Computed with Python's hashlib.
TEST(Blake2sMac16, IsKeyedBlake2sWithShortOutputNotATruncation) {
    const auto key = from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(to_hex(blake2s_mac16(key, {as_bytes("ab"), as_bytes("c")})),
              "61ba5f165c194692e09d12520cc4c74a");
    EXPECT_EQ(to_hex(blake2s_mac16(Bytes(key).first(16), {as_bytes("abc")})),
              "75296c2d2c0f51210b383f386bc8b1ff");
}

// Computed with Python's hmac module.
TEST(HmacBlake2s, IsHmacOverTheHash) {
    const auto key = from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(to_hex(hmac_blake2s(key, {as_bytes("a"), as_bytes("bc")}).bytes()),
              "82623be5bc0a391b24dce53e67d028eff92d586de0485ac37822e597d049c74f");
    EXPECT_EQ(to_hex(hmac_blake2s(key, {}).bytes()),
              "e2641d24dfa8dd89e8cb77f1cdc77d8c006e5bebdfc4d6a3a3a6f8d5b7586fb0");
}

struct HmacSha1Case {
    std::vector<std::byte> key;
    std::string text;
    std::string digest;
};

TEST(HmacSha1, MatchesRfc2202) {
    const HmacSha1Case cases[] = {
        {std::vector(20, std::byte{0x0b}), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
        {from_hex("4a656665"), "what do ya want for nothing?",
         "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {std::vector(20, std::byte{0xaa}), std::string(50, '\xdd'),
         "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
        {std::vector(80, std::byte{0xaa}), "Test Using Larger Than Block-Size Key - Hash Key First",
         "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    };
    for (const auto& c : cases) EXPECT_EQ(to_hex(hmac_sha1(c.key, {as_bytes(c.text)})), c.digest);
}

TEST(HmacSha1, TakesAnEmptyKey) {
    EXPECT_EQ(to_hex(hmac_sha1({}, {})), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST(Md5, MatchesRfc1321) {
    EXPECT_EQ(to_hex(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(to_hex(md5(as_bytes("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Sha256, MatchesFips180) {
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(EqualConstantTime, ComparesSizeAndBytes) {
    EXPECT_TRUE(equal_constant_time(as_bytes("same"), as_bytes("same")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sane")));
    EXPECT_FALSE(equal_constant_time(as_bytes("same"), as_bytes("sam")));
    EXPECT_TRUE(equal_constant_time({}, {}));
}

TEST(Base64, IsPaddedAndStandard) {
    EXPECT_EQ(to_base64({}), "");
    EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");  // RFC 4648 10
    EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(to_base64(from_hex("fbff")), "+/8=");
}

}  // namespace
}  // namespace fz::crypto
