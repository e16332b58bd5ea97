#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "hex.h"

namespace fz::crypto {
namespace {

using test::from_hex;
using Tag = std::array<std::byte, kAeadTagSize>;

constexpr std::string_view kSunscreen =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";

[[nodiscard]] std::vector<std::byte> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

[[nodiscard]] Secret ascending_key() {
    return Secret(from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
}

// RFC 8439 A.5 opens what was sealed with this key; its nonce, 00000000 0102030405060708, has the
// shape of ours.
TEST(Aead, OpensTheMessageOfRfc8439AppendixA5) {
    const Secret key(from_hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"));
    auto text = from_hex(
        "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e"
        "382d26b0bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd"
        "60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c76"
        "7b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a"
        "0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a67276"
        "27097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b0270"
        "9b");
    const auto associated = from_hex("f33388860000000000004e91");
    const auto tag = from_hex("eead9d67890cbb22392336fea1851f38");
    ASSERT_EQ(
        open_in_place(key, 0x0807060504030201, associated, text, Bytes(tag).first<kAeadTagSize>()),
        Open::ok);
    EXPECT_TRUE(as_text(text).starts_with("Internet-Drafts are draft documents"));
}

TEST(Aead, SealsAndOpensInPlace) {
    auto text = copy(as_bytes(kSunscreen));
    Tag tag;
    seal_in_place(ascending_key(), 7, as_bytes("header"), text, tag);
    EXPECT_NE(as_text(text), kSunscreen);
    EXPECT_EQ(open_in_place(ascending_key(), 7, as_bytes("header"), text, tag), Open::ok);
    EXPECT_EQ(as_text(text), kSunscreen);
}

TEST(Aead, RejectsAnotherCounterHeaderTagOrText) {
    auto sealed = copy(as_bytes(kSunscreen));
    Tag tag;
    seal_in_place(ascending_key(), 7, as_bytes("header"), sealed, tag);
    auto text = sealed;
    EXPECT_EQ(open_in_place(ascending_key(), 8, as_bytes("header"), text, tag), Open::rejected);
    text = sealed;
    EXPECT_EQ(open_in_place(ascending_key(), 7, as_bytes("Header"), text, tag), Open::rejected);
    text = sealed;
    text.back() ^= std::byte{1};
    EXPECT_EQ(open_in_place(ascending_key(), 7, as_bytes("header"), text, tag), Open::rejected);
    text = sealed;
    tag[15] ^= std::byte{0x80};
    EXPECT_EQ(open_in_place(ascending_key(), 7, as_bytes("header"), text, tag), Open::rejected);
}

TEST(Aead, SealsNothingIntoATag) {
    Tag tag;
    seal_in_place(ascending_key(), 0, {}, {}, tag);
    EXPECT_EQ(open_in_place(ascending_key(), 0, {}, {}, tag), Open::ok);
    EXPECT_EQ(open_in_place(ascending_key(), 1, {}, {}, tag), Open::rejected);
}

TEST(XAead, MatchesTheXChaChaDraftA31) {
    const auto associated = from_hex("50515253c0c1c2c3c4c5c6c7");
    const auto nonce = from_hex("404142434445464748494a4b4c4d4e4f5051525354555657");
    auto text = copy(as_bytes(kSunscreen));
    Tag tag;
    xseal_in_place(ascending_key(), Bytes(nonce).first<kXNonceSize>(), associated, text, tag);
    EXPECT_EQ(to_hex(text),
              "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
              "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
              "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
              "21f9664c97637da9768812f615c68b13b52e");
    EXPECT_EQ(to_hex(tag), "c0875924c1c7987947deafd8780acf49");
    EXPECT_EQ(
        xopen_in_place(ascending_key(), Bytes(nonce).first<kXNonceSize>(), associated, text, tag),
        Open::ok);
    EXPECT_EQ(as_text(text), kSunscreen);
}

}  // namespace
}  // namespace fz::crypto
