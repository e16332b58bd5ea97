#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <memory>

#include "base/assert.h"
#include "crypto/raw.h"

namespace fz::crypto {

namespace {

// OpenSSL's look-up by name is slow, so each algorithm is fetched once and kept for good.

[[nodiscard]] const EVP_MD* fetch_digest(const char* name) noexcept {
    const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
    FZ_ASSERT(digest != nullptr);
    return digest;
}

/// A MAC with its parameters set and no key yet; every use starts from a copy.
[[nodiscard]] const EVP_MAC_CTX* prepare_mac(const char* name,
                                             const OSSL_PARAM& parameter) noexcept {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, name, nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    const OSSL_PARAM parameters[] = {parameter, OSSL_PARAM_construct_end()};
    FZ_ASSERT(context != nullptr && EVP_MAC_CTX_set_params(context, parameters) == 1);
    return context;
}

[[nodiscard]] const EVP_MAC_CTX* prepare_hmac(std::string digest) noexcept {
    return prepare_mac("HMAC",
                       OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0));
}

[[nodiscard]] const EVP_MAC_CTX* prepare_blake2s_mac(std::size_t size) noexcept {
    return prepare_mac("BLAKE2SMAC", OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size));
}

void compute_digest(const EVP_MD* digest, std::initializer_list<Bytes> parts,
                    MutBytes out) noexcept {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    bool ok = EVP_DigestInit_ex2(context.get(), digest, nullptr) == 1;
    for (const Bytes part : parts)
        ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    unsigned size = 0;
    ok = ok && EVP_DigestFinal_ex(context.get(), raw(out), &size) == 1;
    FZ_ASSERT(ok && size == out.size());
}

void compute_mac(const EVP_MAC_CTX* prepared, Bytes key, std::initializer_list<Bytes> parts,
                 MutBytes out) noexcept {
    static constexpr unsigned char kEmptyKey = 0;  // a null pointer would mean "keep the old key"
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
        EVP_MAC_CTX_dup(prepared), EVP_MAC_CTX_free);
    const unsigned char* start = key.empty() ? &kEmptyKey : raw(key);
    bool ok = context && EVP_MAC_init(context.get(), start, key.size(), nullptr) == 1;
    for (const Bytes part : parts)
        ok = ok && EVP_MAC_update(context.get(), raw(part), part.size()) == 1;
    std::size_t size = 0;
    ok = ok && EVP_MAC_final(context.get(), raw(out), &size, out.size()) == 1;
    FZ_ASSERT(ok && size == out.size());
}

}  // namespace

Digest32 blake2s(std::initializer_list<Bytes> parts) noexcept {
    static const EVP_MD* const kDigest = fetch_digest("BLAKE2S-256");
    Digest32 result;
    compute_digest(kDigest, parts, result);
    return result;
}

Digest16 blake2s_mac16(Bytes key, std::initializer_list<Bytes> parts) noexcept {
    static const EVP_MAC_CTX* const kMac = prepare_blake2s_mac(sizeof(Digest16));
    Digest16 result;
    compute_mac(kMac, key, parts, result);
    return result;
}

Secret hmac_blake2s(Bytes key, std::initializer_list<Bytes> parts) noexcept {
    static const EVP_MAC_CTX* const kMac = prepare_hmac("BLAKE2S-256");
    Secret result;
    compute_mac(kMac, key, parts, result.bytes());
    return result;
}

Digest20 hmac_sha1(Bytes key, std::initializer_list<Bytes> parts) noexcept {
    static const EVP_MAC_CTX* const kMac = prepare_hmac("SHA1");
    Digest20 result;
    compute_mac(kMac, key, parts, result);
    return result;
}

Digest16 md5(Bytes text) noexcept {
    static const EVP_MD* const kDigest = fetch_digest("MD5");
    Digest16 result;
    compute_digest(kDigest, {text}, result);
    return result;
}

Digest32 sha256(Bytes text) noexcept {
    Digest32 result;
    crypto_hash_sha256(raw(MutBytes(result)), raw(text), text.size());
    return result;
}

bool equal_constant_time(Bytes a, Bytes b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(Bytes bytes) {
    std::string text(2 * bytes.size() + 1, '\0');  // libsodium writes a terminator
    sodium_bin2hex(text.data(), text.size(), raw(bytes), bytes.size());
    text.pop_back();
    return text;
}

std::string to_base64(Bytes bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), kVariant);
    text.pop_back();  // the terminator
    return text;
}

}  // namespace fz::crypto
