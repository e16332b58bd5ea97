// Any packet with any offload: segments stay within the packet's bytes, are as many as promised and
// no longer than promised, and what is refused is not touched.
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "wire/segmenter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fz;
    Reader input(std::as_bytes(std::span(data, size)));
    wire::Offload offload;
    offload.kind = static_cast<wire::Offload::Kind>(input.u8() % 4);
    offload.needs_checksum = input.u8() % 2 == 1;
    offload.segment_size = input.be<std::uint16_t>();
    offload.header_length = input.be<std::uint16_t>();
    offload.checksum_start = input.be<std::uint16_t>();
    offload.checksum_offset = input.be<std::uint16_t>();
    if (!input.ok()) return 0;
    const Bytes rest = input.rest();
    std::vector<std::byte> packet(rest.begin(), rest.end());

    auto segmenter = wire::Segmenter::create({packet, offload});
    if (!segmenter) {
        FZ_ASSERT(std::equal(packet.begin(), packet.end(), rest.begin(), rest.end()));
        return 0;
    }
    std::size_t made = 0;
    for (; !segmenter->done(); ++made) {
        const MutBytes segment = segmenter->next();
        FZ_ASSERT(segment.data() >= packet.data());
        FZ_ASSERT(segment.data() + segment.size() <= packet.data() + packet.size());
        if (offload.kind != wire::Offload::Kind::none)
            FZ_ASSERT(segment.size() <= wire::Segmenter::kMaxHeader + offload.segment_size);
        for (const std::byte byte : segment) static_cast<void>(byte);
    }
    FZ_ASSERT(made == segmenter->count());
    return 0;
}
