// The AEAD providers against each other: equal ciphertexts, and the same verdict on anything.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/assert.h"
#include "crypto/aead_primitive.h"

namespace {

std::vector<std::unique_ptr<fz::crypto::AeadPrimitive>> make_all() {
    std::vector<std::unique_ptr<fz::crypto::AeadPrimitive>> all;
    for (const fz::crypto::AeadProvider provider : fz::crypto::aead_providers())
        all.push_back(fz::crypto::make_aead(provider));
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fz;
    static const std::vector<std::unique_ptr<crypto::AeadPrimitive>> providers = make_all();
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

    std::vector<std::byte> sealed(text.size() + crypto::kAeadTagSize);
    providers.front()->seal(key, nonce, associated, text, sealed.data());
    for (const auto& provider : providers) {
        std::vector<std::byte> own(text.begin(), text.end());  // in place
        own.resize(sealed.size());
        provider->seal(key, nonce, associated, Bytes(own).first(text.size()), own.data());
        FZ_ASSERT(own == sealed);

        if (flip != 0) own[flip % own.size()] ^= static_cast<std::byte>(flip);
        const auto expected = flip == 0 ? crypto::Open::ok : crypto::Open::rejected;
        FZ_ASSERT(provider->open(key, nonce, associated, own) == expected);
        if (flip == 0) FZ_ASSERT(std::equal(text.begin(), text.end(), own.begin()));
    }
    return 0;
}
