// A candidate line is read safely, and what was read survives being written and read again.
#include "ice/candidate.h"
#include "base/assert.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fz::ice::Candidate;
    const auto line = fz::as_text(std::as_bytes(std::span(data, size)));
    const auto candidate = Candidate::parse(line);
    if (!candidate) return 0;
    const auto again = Candidate::parse(candidate->to_string());
    FZ_ASSERT(again.has_value());
    FZ_ASSERT(again->kind == candidate->kind && again->address == candidate->address);
    FZ_ASSERT(again->priority == candidate->priority && again->ufrag == candidate->ufrag);
    FZ_ASSERT(again->foundation == candidate->foundation);
    return 0;
}
