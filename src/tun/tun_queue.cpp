#include "tun/tun_queue.h"

#include <sys/uio.h>

#include <cerrno>

#include "base/assert.h"
#include "base/log.h"
#include "tun/vnet_header.h"

namespace fz::tun {
namespace {

/// Errors that are about this merge, not about the device or about memory.
bool is_refusal(int error) noexcept {
    return error == EINVAL || error == EMSGSIZE || error == E2BIG || error == EOPNOTSUPP ||
           error == EPROTONOSUPPORT;
}

iovec piece_of(Bytes bytes) noexcept {
    // writev reads through its iovecs only; the struct has no const.
    return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

}  // namespace

TunQueue::TunQueue(os::UniqueFd fd)
    : fd_(std::move(fd)), coalescer_(std::make_unique<wire::Coalescer>()) {}

ReadReport TunQueue::read(ReadBuffer& into, std::size_t bound) noexcept {
    ReadReport report;
    while (into.packets().size() < bound) {
        const MutBytes room = into.room();
        if (room.empty()) break;
        VnetHeader header;
        const iovec parts[] = {{&header, sizeof header}, {room.data(), room.size()}};
        const ssize_t size = ::readv(fd_.get(), parts, 2);
        if (size < 0) {
            report.drained = errno != EINTR;
            report.gone = errno == EBADFD;  // the kernel's word for a queue without a device
            if (errno != EAGAIN && errno != EINTR) report.errors.add(errno);
            break;
        }
        const auto length = static_cast<std::size_t>(size);
        if (length <= sizeof header) {
            ++report.malformed;
            continue;
        }
        into.add({room.first(length - sizeof header), offload_of(header)});
    }
    return report;
}

WriteReport TunQueue::write(std::span<const Bytes> packets) noexcept {
    WriteReport report;
    for (const Bytes packet : packets) coalescer_->add(packet);
    while (const auto next = coalescer_->next()) {
        if (next->originals.size() == 1) {
            write_alone(next->originals[0], report);
        } else {
            write_group(*next, report);
        }
    }
    coalescer_->clear();
    return report;
}

void TunQueue::write_group(const wire::Coalescer::Write& write, WriteReport& report) noexcept {
    const int error = write_pieces(write.offload, write.pieces);
    const bool one_for_all = write.offload.kind == wire::Offload::Kind::none;
    unsigned& in_a_row = refusals_in_a_row_[static_cast<std::size_t>(write.offload.kind)];
    if (error == 0) {
        in_a_row = 0;
        ++report.writes;
        report.packets += write.originals.size();
        if (one_for_all) report.replaced += write.originals.size() - 1;
        return;
    }
    if (is_refusal(error) && !one_for_all) {
        ++report.refused;
        if (++in_a_row == kPatience) {
            coalescer_->stop_merging(write.offload.kind);
            FZ_LOG(warn, "the kernel refuses merged packets; they go one by one from now on",
                   kv("kind", wire::name_of(write.offload.kind)), kv("errno", error));
        }
    }
    // Also when memory is short or the device went down: then each packet has its own fate.
    for (const Bytes packet : write.originals) write_alone(packet, report);
}

void TunQueue::write_alone(Bytes packet, WriteReport& report) noexcept {
    const int error = write_pieces({}, {&packet, 1});
    if (error == 0) {
        ++report.writes;
        ++report.packets;
        return;
    }
    ++report.lost_packets;
    report.lost_bytes += packet.size();
    report.errors.add(error);
}

int TunQueue::write_pieces(const wire::Offload& offload, std::span<const Bytes> pieces) noexcept {
    constexpr std::size_t kMaxPieces = wire::MergedHeader::kMaxSegments + 1;
    FZ_ASSERT(pieces.size() <= kMaxPieces);
    VnetHeader header = vnet_header_of(offload);
    std::array<iovec, 1 + kMaxPieces> parts;
    std::size_t count = 0;
    parts[count++] = {&header, sizeof header};
    for (const Bytes piece : pieces) parts[count++] = piece_of(piece);
    for (;;) {
        if (::writev(fd_.get(), parts.data(), static_cast<int>(count)) >= 0) return 0;
        if (errno != EINTR) return errno;
    }
}

}  // namespace fz::tun
