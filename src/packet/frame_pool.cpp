#include "packet/frame_pool.h"

#include <utility>

#include "base/assert.h"

namespace fz::packet {

Packet::Packet(FramePool& home, std::byte* frame) noexcept
    : home_(&home), frame_(frame), begin_(kHeadroom), size_(0) {}

Packet::Packet(Packet&& other) noexcept
    : home_(std::exchange(other.home_, nullptr)),
      frame_(other.frame_),
      begin_(other.begin_),
      size_(other.size_) {}

Packet& Packet::operator=(Packet&& other) noexcept {
    std::swap(home_, other.home_);
    std::swap(frame_, other.frame_);
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    return *this;
}

Packet::~Packet() {
    if (home_ != nullptr) home_->free_.push_back(frame_);
}

void Packet::push_front(std::size_t count) noexcept {
    FZ_ASSERT(count <= begin_);
    begin_ = static_cast<std::uint16_t>(begin_ - count);
    size_ = static_cast<std::uint16_t>(size_ + count);
}

void Packet::pop_front(std::size_t count) noexcept {
    FZ_ASSERT(count <= size_);
    begin_ = static_cast<std::uint16_t>(begin_ + count);
    size_ = static_cast<std::uint16_t>(size_ - count);
}

void Packet::push_back(std::size_t count) noexcept { resize(size_ + count); }

void Packet::pop_back(std::size_t count) noexcept {
    FZ_ASSERT(count <= size_);
    size_ = static_cast<std::uint16_t>(size_ - count);
}

void Packet::resize(std::size_t size) noexcept {
    FZ_ASSERT(begin_ + size <= kFrameSize);
    size_ = static_cast<std::uint16_t>(size);
}

FramePool::FramePool(std::size_t frames)
    : arena_(std::make_unique<std::byte[]>(frames * kFrameSize)), frames_(frames) {
    free_.reserve(frames);
    for (std::size_t i = 0; i < frames; ++i) free_.push_back(arena_.get() + i * kFrameSize);
}

FramePool::~FramePool() { FZ_ASSERT(free_.size() == frames_); }

std::optional<Packet> FramePool::take() noexcept {
    if (free_.empty()) return std::nullopt;
    std::byte* frame = free_.back();
    free_.pop_back();
    return Packet(*this, frame);
}

}  // namespace fz::packet
