// OpenSSL's EVP: vector code for every generation of processors, behind some 350 ns of calls. The
// faster one for long packets.
#include <openssl/evp.h>

#include <cstring>
#include <optional>

#include "base/assert.h"
#include "crypto/aead_providers.h"
#include "crypto/raw.h"

namespace fz::crypto {
namespace {

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const noexcept {
        free(object);
    }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

/// One direction: a context that holds the last key.
class Direction {
  public:
    Direction() : context_(EVP_CIPHER_CTX_new()) { FZ_ASSERT(context_ != nullptr); }

    /// `init` is EVP_EncryptInit_ex2 or EVP_DecryptInit_ex2.
    template <typename Init>
    EVP_CIPHER_CTX* begin(Init init, const EVP_CIPHER* cipher, const Secret& key,
                          const Nonce& nonce, Bytes associated) noexcept {
        // Not in constant time: both keys are ours, and nobody chose either.
        const bool known = key_ && std::memcmp(raw(key_->bytes()), raw(key.bytes()), kKeySize) == 0;
        const int done = init(context_.get(), known ? nullptr : cipher,
                              known ? nullptr : raw(key.bytes()), raw(Bytes(nonce)), nullptr);
        FZ_ASSERT(done == 1);
        if (!known) key_ = key;
        if (!associated.empty()) {
            int length = 0;
            FZ_ASSERT(EVP_CipherUpdate(context_.get(), nullptr, &length, raw(associated),
                                       static_cast<int>(associated.size())) == 1);
        }
        return context_.get();
    }

  private:
    Context context_;
    std::optional<Secret> key_;
};

class OpensslAead final : public AeadPrimitive {
  public:
    OpensslAead() : cipher_(EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr)) {
        FZ_ASSERT(cipher_ != nullptr);
        // Contexts grow on first use: here, not under the first packet.
        std::array<std::byte, kAeadTagSize> tag;
        seal({}, {}, {}, {}, tag.data());
        static_cast<void>(open({}, {}, {}, tag));
    }

    void seal(const Secret& key, const Nonce& nonce, Bytes associated, Bytes text,
              std::byte* out) noexcept override {
        EVP_CIPHER_CTX* context =
            sealing_.begin(EVP_EncryptInit_ex2, cipher_.get(), key, nonce, associated);
        unsigned char* cipher = raw(MutBytes(out, text.size()));
        int length = 0;
        int done = text.empty() ? 1
                                : EVP_EncryptUpdate(context, cipher, &length, raw(text),
                                                    static_cast<int>(text.size()));
        done &= EVP_EncryptFinal_ex(context, cipher + length, &length);
        done &=
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, cipher + text.size());
        FZ_ASSERT(done == 1);
    }

    Open open(const Secret& key, const Nonce& nonce, Bytes associated,
              MutBytes sealed) noexcept override {
        EVP_CIPHER_CTX* context =
            opening_.begin(EVP_DecryptInit_ex2, cipher_.get(), key, nonce, associated);
        const std::size_t size = sealed.size() - kAeadTagSize;
        unsigned char* text = raw(sealed);
        int length = 0;
        int done = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, text + size);
        if (size > 0)
            done &= EVP_DecryptUpdate(context, text, &length, text, static_cast<int>(size));
        FZ_ASSERT(done == 1);
        return Open{EVP_DecryptFinal_ex(context, text + length, &length) == 1};
    }

  private:
    Cipher cipher_;
    Direction sealing_;
    Direction opening_;
};

}  // namespace

std::unique_ptr<AeadPrimitive> make_openssl_aead() { return std::make_unique<OpensslAead>(); }

}  // namespace fz::crypto
