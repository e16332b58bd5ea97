#include "crypto/aead_primitive.h"

#include "base/assert.h"
#include "crypto/aead_providers.h"

namespace fz::crypto {
namespace {

#ifdef __x86_64__
constexpr std::array kAll{AeadProvider::sodium, AeadProvider::openssl, AeadProvider::ipsec_mb};
bool is_usable(AeadProvider provider) noexcept {
    return provider != AeadProvider::ipsec_mb || __builtin_cpu_supports("avx2");
}
#else
constexpr std::array kAll{AeadProvider::sodium, AeadProvider::openssl};
bool is_usable(AeadProvider /*provider*/) noexcept { return true; }
#endif

}  // namespace

std::span<const AeadProvider> aead_providers() noexcept {
    // The last one is the only one that asks for something.
    return std::span(kAll).first(is_usable(kAll.back()) ? kAll.size() : kAll.size() - 1);
}

std::string_view name_of(AeadProvider provider) noexcept {
    switch (provider) {
        case AeadProvider::sodium:
            return "sodium";
        case AeadProvider::openssl:
            return "openssl";
        case AeadProvider::ipsec_mb:
            return "ipsec-mb";
    }
    return "unknown";
}

std::unique_ptr<AeadPrimitive> make_aead(AeadProvider provider) {
    switch (provider) {
        case AeadProvider::sodium:
            return make_sodium_aead();
        case AeadProvider::openssl:
            return make_openssl_aead();
        case AeadProvider::ipsec_mb:
#ifdef __x86_64__
            return make_ipsec_mb_aead();
#else
            break;
#endif
    }
    FZ_ASSERT(false);
    return nullptr;
}

}  // namespace fz::crypto
