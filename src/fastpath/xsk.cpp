#include "fastpath/xsk.h"

#include <sys/socket.h>
#include <xdp/xsk.h>

#include <cerrno>

#include "fastpath/frame.h"

namespace fz::fastpath {
namespace {

/// Zero-copy first: the kernel refuses it where the driver cannot do it.
constexpr std::uint16_t kBindModes[] = {XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
                                        XDP_COPY | XDP_USE_NEED_WAKEUP};

/// Whose headers are fetched while those of one are read.
constexpr std::uint32_t kAhead = 4;

bool read_zero_copy(int fd) noexcept {
    xdp_options options{};
    socklen_t size = sizeof options;
    return ::getsockopt(fd, SOL_XDP, XDP_OPTIONS, &options, &size) == 0 &&
           (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

}  // namespace

Expected<std::unique_ptr<Xsk>> Xsk::open(const std::string& interface, unsigned queue) {
    int failed = 0;
    for (const std::uint16_t mode : kBindModes) {
        std::unique_ptr<Xsk> xsk(new Xsk);
        FZ_ASSIGN(xsk->umem_, Umem::create());
        xsk->rx_ = std::make_unique<xsk_ring_cons>();
        xsk_socket_config config{};
        config.rx_size = kRingSize;
        config.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD;
        config.bind_flags = mode;
        // Frames first: the kernel looks for them when the socket is bound.
        static_cast<void>(xsk->umem_->fill());
        failed = -xsk_socket__create(&xsk->socket_, interface.c_str(), queue, xsk->umem_->handle(),
                                     xsk->rx_.get(), nullptr, &config);
        if (failed != 0) continue;
        xsk->zero_copy_ = read_zero_copy(xsk->fd());
        return xsk;
    }
    return Unexpected{
        Error("cannot open an XDP socket on queue " + std::to_string(queue) + " of " + interface,
              failed)};
}

Xsk::Xsk() noexcept = default;

Xsk::~Xsk() {
    if (socket_ != nullptr) xsk_socket__delete(socket_);
}

int Xsk::fd() const noexcept { return xsk_socket__fd(socket_); }

XskStatistics Xsk::statistics() const noexcept {
    xdp_statistics read{};
    socklen_t size = sizeof read;
    if (::getsockopt(fd(), SOL_XDP, XDP_STATISTICS, &read, &size) != 0) return {};
    return {.rx_dropped = read.rx_dropped,
            .rx_ring_full = read.rx_ring_full,
            .fill_ring_empty = read.rx_fill_ring_empty_descs};
}

FrameReport Xsk::receive(FrameBatch& into) noexcept {
    for (const std::uint64_t address : lent_) umem_->release(address);
    lent_.clear();
    std::uint32_t first = 0;
    const std::uint32_t count = xsk_ring_cons__peek(rx_.get(), kFramesPerReceive, &first);
    FrameReport report;
    for (std::uint32_t i = 0; i < count; ++i) {
        const xdp_desc& frame = *xsk_ring_cons__rx_desc(rx_.get(), first + i);
        lent_.push_back(frame.addr);
        if (i + kAhead < count)
            umem_->prefetch(xsk_ring_cons__rx_desc(rx_.get(), first + i + kAhead)->addr);
        if (const auto train = parse_frame(umem_->bytes(frame.addr, frame.len)))
            into.push_back(*train);
        else
            ++report.malformed;
    }
    xsk_ring_cons__release(rx_.get(), count);
    const Umem::Fill fill = umem_->fill();
    if (fill.wake) ::recvfrom(fd(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
    report.buffers_left = fill.left;
    report.buffers_wanted = fill.wanted;
    if (fill.was_empty || count == kFramesPerReceive) report_losses(report);
    return report;
}

void Xsk::report_losses(FrameReport& report) noexcept {
    const XskStatistics now = statistics();
    report.ring_full = now.rx_ring_full - reported_.rx_ring_full;
    report.ring_starved = now.rx_dropped - reported_.rx_dropped;
    reported_ = now;
}

}  // namespace fz::fastpath
