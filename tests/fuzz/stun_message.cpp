// Arbitrary bytes as a STUN message: every getter, both proofs, and nothing read out of bounds.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "stun/credentials.h"
#include "stun/message.h"

using namespace fz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = stun::Message::parse(std::as_bytes(std::span(data, size)));
    if (!message) return 0;
    FZ_ASSERT(size >= stun::kHeaderSize && size % 4 == 0);

    std::size_t text_bytes = 0;
    for (const auto& text :
         {message->username(), message->realm(), message->nonce(), message->software()})
        if (text) text_bytes += text->size();
    if (const auto error = message->error_code()) {
        FZ_ASSERT(error->code >= 300 && error->code <= 699);
        text_bytes += error->reason.size();
    }
    if (const auto error = message->address_error_code()) text_bytes += error->error.reason.size();
    if (const auto payload = message->data()) text_bytes += payload->size();
    FZ_ASSERT(text_bytes < size);

    static_cast<void>(message->xor_mapped_address());
    static_cast<void>(message->xor_peer_address());
    static_cast<void>(message->xor_relayed_addresses());
    static_cast<void>(message->unknown_attributes());
    static_cast<void>(message->unknown_required());
    static_cast<void>(message->priority());
    static_cast<void>(message->use_candidate());
    static_cast<void>(message->ice_controlled());
    static_cast<void>(message->ice_controlling());
    static_cast<void>(message->lifetime());
    static_cast<void>(message->channel_number());
    static_cast<void>(message->requested_transport());
    static_cast<void>(message->requested_address_family());
    static_cast<void>(message->additional_address_family());
    static_cast<void>(message->fingerprint_ok());
    FZ_ASSERT(message->has_integrity() || !message->integrity_ok(stun::short_term_key("password")));
    static_cast<void>(message->integrity_ok(stun::short_term_key("password")));
    return 0;
}
