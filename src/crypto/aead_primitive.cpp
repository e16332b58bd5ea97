#include "crypto/aead_primitive.h"

#include "crypto/aead_providers.h"

namespace fz::crypto {

std::string_view name_of(AeadProvider provider) noexcept {
    switch (provider) {
        case AeadProvider::sodium:
            return "sodium";
        case AeadProvider::openssl:
            return "openssl";
    }
    return "unknown";
}

std::unique_ptr<AeadPrimitive> make_aead(AeadProvider provider) {
    return provider == AeadProvider::sodium ? make_sodium_aead() : make_openssl_aead();
}

}  // namespace fz::crypto
