#include "fastpath/umem.h"

#include <sys/mman.h>
#include <xdp/xsk.h>

#include <algorithm>
#include <cerrno>

namespace fz::fastpath {
namespace {

/// A full fill ring, and as many frames beside it as wait in the RX ring or are being decrypted.
constexpr std::uint32_t kFrames = kRingSize + kRingSize / 2;
constexpr std::size_t kSize = std::size_t{kFrames} * kFrameSize;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

constexpr std::size_t rounded_up(std::size_t size, std::size_t to) {
    return (size + to - 1) / to * to;
}

std::byte* map(std::size_t size, int flags) noexcept {
    void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | flags, -1, 0);
    return at == MAP_FAILED ? nullptr : static_cast<std::byte*>(at);
}

}  // namespace

Expected<std::unique_ptr<Umem>> Umem::create() {
    std::unique_ptr<Umem> umem(new Umem);
    umem->size_ = rounded_up(kSize, kHugePage);
    umem->memory_ = map(umem->size_, MAP_HUGETLB);
    if (umem->memory_ == nullptr) {
        umem->size_ = kSize;
        umem->memory_ = map(umem->size_, 0);
    }
    if (umem->memory_ == nullptr)
        return Unexpected{Error("cannot get memory for the frames of an XDP socket", errno)};

    umem->fill_ = std::make_unique<xsk_ring_prod>();
    umem->completion_ = std::make_unique<xsk_ring_cons>();
    const xsk_umem_config config{.fill_size = kRingSize,
                                 .comp_size = kRingSize,
                                 .frame_size = kFrameSize,
                                 .frame_headroom = 0,
                                 .flags = 0};
    if (const int failed = xsk_umem__create(&umem->umem_, umem->memory_, umem->size_,
                                            umem->fill_.get(), umem->completion_.get(), &config))
        return Unexpected{Error("cannot register the memory of an XDP socket", -failed)};
    for (std::uint64_t frame = 0; frame < kFrames; ++frame)
        umem->spare_.push_back(frame * kFrameSize);
    return umem;
}

Umem::Umem() = default;

Umem::~Umem() {
    if (umem_ != nullptr) xsk_umem__delete(umem_);
    if (memory_ != nullptr) ::munmap(memory_, size_);
}

Umem::Fill Umem::fill() noexcept {
    const std::uint32_t posted = kRingSize - xsk_prod_nb_free(fill_.get(), kRingSize);
    const bool was_empty = posted == 0 && was_filled_;
    if (was_empty) most_posted_ = std::min(2 * most_posted_, kRingSize);
    was_filled_ = true;
    Fill fill{.was_empty = was_empty, .left = posted, .wanted = most_posted_};
    const auto count = static_cast<std::uint32_t>(
        std::min<std::size_t>(most_posted_ - std::min(most_posted_, posted), spare_.size()));
    std::uint32_t at = 0;
    if (count == 0 || xsk_ring_prod__reserve(fill_.get(), count, &at) != count) return fill;
    for (std::uint32_t i = 0; i < count; ++i) {
        *xsk_ring_prod__fill_addr(fill_.get(), at + i) = spare_.back();
        spare_.pop_back();
    }
    xsk_ring_prod__submit(fill_.get(), count);
    fill.wake = xsk_ring_prod__needs_wakeup(fill_.get()) != 0;
    return fill;
}

}  // namespace fz::fastpath
