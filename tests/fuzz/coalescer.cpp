// Any batch of packets: each one is written exactly once, in the order of its flow, unmodified; a
// merge holds all of its payloads, and only acknowledgments are left to a later one.
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "wire/coalescer.h"
#include "wire/ip_packet.h"

namespace {

/// A TCP header and nothing behind it.
bool is_bare_tcp(fz::Bytes packet) {
    const auto view = fz::wire::IpPacketView::parse(packet);
    return view && view->flow().kind == fz::wire::Flow::Kind::tcp &&
           std::to_integer<std::size_t>(view->transport()[12]) / 16 * 4 == view->transport().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fz;
    Reader input(std::as_bytes(std::span(data, size)));
    // Batches of length-prefixed packets; those that policy would have refused are left out.
    std::vector<std::vector<std::byte>> packets;
    while (packets.size() < wire::Coalescer::kCapacity) {
        const Bytes bytes = input.bytes(input.be<std::uint16_t>());
        if (!input.ok()) break;
        if (wire::IpPacketView::parse(bytes)) packets.emplace_back(bytes.begin(), bytes.end());
    }
    const auto before = packets;
    wire::Coalescer coalescer;
    for (const auto& packet : packets) coalescer.add(packet);
    std::vector<bool> written(packets.size(), false);
    while (const auto next = coalescer.next()) {
        FZ_ASSERT(!next->originals.empty());
        std::size_t last = 0;
        for (const Bytes original : next->originals) {
            std::size_t index = 0;
            while (index < packets.size() && packets[index].data() != original.data()) ++index;
            FZ_ASSERT(index < packets.size() && !written[index] && index >= last);
            written[index] = true;
            last = index;
        }
        std::size_t whole = 0, parts = 0;
        for (const Bytes original : next->originals) whole += original.size();
        for (const Bytes piece : next->pieces) parts += piece.size();
        if (next->offload.kind == wire::Offload::Kind::none) {  // one, or an acknowledgment for all
            FZ_ASSERT(next->pieces.size() == 1);
            FZ_ASSERT(next->pieces[0].data() == next->originals.back().data());
            FZ_ASSERT(parts == next->originals.back().size());
            for (const Bytes left_out : next->originals.first(next->originals.size() - 1))
                FZ_ASSERT(is_bare_tcp(left_out));
        } else {
            const std::size_t header = next->offload.header_length;
            FZ_ASSERT(parts == whole - header * (next->originals.size() - 1));
            FZ_ASSERT(parts <= 65535 && next->offload.segment_size > 0);
        }
    }
    for (const bool each : written) FZ_ASSERT(each);
    FZ_ASSERT(packets == before);
    return 0;
}
