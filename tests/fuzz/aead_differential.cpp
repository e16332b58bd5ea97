// The AEAD providers against each other: equal ciphertexts, and the same verdict on anything.
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "crypto/aead_primitive.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fz;
    static const auto sodium = crypto::make_aead(crypto::AeadProvider::sodium);
    static const auto openssl = crypto::make_aead(crypto::AeadProvider::openssl);
    Reader input(std::as_bytes(std::span(data, size)));
    const Bytes key_bytes = input.bytes(crypto::kKeySize);
    const Bytes nonce_bytes = input.bytes(12);
    const Bytes associated = input.bytes(input.u8());
    const std::uint8_t flip = input.u8();
    if (!input.ok()) return 0;
    const crypto::Secret key(key_bytes);
    crypto::Nonce nonce;
    std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
    const Bytes text = input.rest();

    std::vector<std::byte> a(text.size() + crypto::kAeadTagSize), b;
    sodium->seal(key, nonce, associated, text, a.data());
    b.assign(text.begin(), text.end());  // the other one in place
    b.resize(a.size());
    openssl->seal(key, nonce, associated, Bytes(b).first(text.size()), b.data());
    FZ_ASSERT(a == b);

    if (flip != 0) a[flip % a.size()] ^= static_cast<std::byte>(flip);
    b = a;
    const auto expected = flip == 0 ? crypto::Open::ok : crypto::Open::rejected;
    FZ_ASSERT(sodium->open(key, nonce, associated, a) == expected);
    FZ_ASSERT(openssl->open(key, nonce, associated, b) == expected);
    if (flip == 0) FZ_ASSERT(std::equal(text.begin(), text.end(), a.begin()));
    if (flip == 0) FZ_ASSERT(std::equal(text.begin(), text.end(), b.begin()));
    return 0;
}
