#include "crypto/aead_primitive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "hex.h"
#include "providers.h"

namespace fz::crypto {
namespace {

using test::from_hex;

class AeadPrimitiveTest : public ::testing::TestWithParam<AeadProvider> {
  protected:
    static Nonce nonce_of(Bytes bytes) {
        Nonce nonce;
        std::copy(bytes.begin(), bytes.end(), nonce.begin());
        return nonce;
    }
    const std::unique_ptr<AeadPrimitive> aead_ = make_aead(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Providers, AeadPrimitiveTest, every_provider(), test_name);

TEST_P(AeadPrimitiveTest, SealsTheExampleOfRfc8439Section282) {
    const Secret key(from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
    const auto text = as_bytes(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.");
    std::vector<std::byte> sealed(text.size() + kAeadTagSize);
    aead_->seal(key, nonce_of(from_hex("070000004041424344454647")),
                from_hex("50515253c0c1c2c3c4c5c6c7"), text, sealed.data());
    EXPECT_EQ(sealed, from_hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                               "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                               "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                               "3ff4def08e4b7a9de576d26586cec64b6116"
                               "1ae10b594f09e26a7e902ecbd0600691"));
}

TEST_P(AeadPrimitiveTest, AgreesWithWycheproof) {
    std::ifstream file(FZ_TEST_VECTORS "/wycheproof_chacha20_poly1305.txt");
    std::size_t valid = 0, invalid = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream words(line);
        std::string id, result, key, nonce, associated, text, cipher, tag;
        words >> id >> result >> key >> nonce >> associated >> text >> cipher >> tag;
        SCOPED_TRACE("case " + id);
        const auto bytes = [](const std::string& hex) {
            return hex == "-" ? std::vector<std::byte>{} : from_hex(hex);
        };
        const Secret secret(bytes(key));
        std::vector<std::byte> expected = bytes(cipher);
        const auto tag_bytes = bytes(tag);
        expected.insert(expected.end(), tag_bytes.begin(), tag_bytes.end());

        std::vector<std::byte> opened = expected;
        const Open verdict = aead_->open(secret, nonce_of(bytes(nonce)), bytes(associated), opened);
        opened.resize(expected.size() - kAeadTagSize);
        if (result == "invalid") {
            ++invalid;
            EXPECT_EQ(verdict, Open::rejected);
            continue;
        }
        ++valid;
        EXPECT_EQ(verdict, Open::ok);
        EXPECT_EQ(opened, bytes(text));
        std::vector<std::byte> sealed(expected.size());
        aead_->seal(secret, nonce_of(bytes(nonce)), bytes(associated), opened, sealed.data());
        EXPECT_EQ(sealed, expected);
        // And in place.
        opened.resize(expected.size());
        aead_->seal(secret, nonce_of(bytes(nonce)), bytes(associated),
                    Bytes(opened).first(expected.size() - kAeadTagSize), opened.data());
        EXPECT_EQ(opened, expected);
    }
    EXPECT_EQ(valid, 256U);
    EXPECT_EQ(invalid, 60U);
}

}  // namespace
}  // namespace fz::crypto
