#include "crypto/aead_engine.h"

#include "base/endian.h"

namespace fz::crypto {
namespace {

Nonce nonce_of(std::uint64_t counter) noexcept {
    Nonce nonce{};
    store_le(nonce.data() + 4, counter);
    return nonce;
}

}  // namespace

void AeadEngine::seal(const Secret& key, std::span<const SealJob> jobs) noexcept {
    for (const SealJob& job : jobs)
        primitive_->seal(key, nonce_of(job.counter), {}, job.text, job.out);
}

void AeadEngine::open(const Secret& key, std::span<OpenJob> jobs) noexcept {
    for (OpenJob& job : jobs)
        job.result = primitive_->open(key, nonce_of(job.counter), {}, job.sealed);
}

}  // namespace fz::crypto
