// A 24-bit number to a pointer in two array accesses: one writer, any number of lock-free readers.
//
// It serves three lookups of the packet path: receiver index to session (the slot is its upper 24
// bits) and tunnel address to peer, IPv4 and IPv6 (the tunnel ranges leave 21 host bits each). The
// cost of a change does not depend on how many entries there are. The pointees belong to the
// writer, who frees one only after every reader passed a quiet point (graveyard.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "base/assert.h"

namespace fz::dataplane {

template <typename T>
class SlotTable {
  public:
    static constexpr std::uint32_t kKeys = 1u << 24;

    SlotTable() = default;
    SlotTable(const SlotTable&) = delete;
    SlotTable& operator=(const SlotTable&) = delete;
    ~SlotTable() {
        for (auto& leaf : leaves_) delete leaf.load(std::memory_order_relaxed);
    }

    /// Any thread. `key` below kKeys.
    [[nodiscard]] T* find(std::uint32_t key) const noexcept {
        FZ_ASSERT(key < kKeys);
        const Leaf* leaf = leaves_[key >> kLeafBits].load(std::memory_order_acquire);
        return leaf == nullptr ? nullptr : (*leaf)[key & kLeafMask].load(std::memory_order_acquire);
    }

    /// The writer only; `value` may be nullptr.
    void set(std::uint32_t key, T* value) {
        FZ_ASSERT(key < kKeys);
        auto& root = leaves_[key >> kLeafBits];
        Leaf* leaf = root.load(std::memory_order_relaxed);
        if (leaf == nullptr) {
            if (value == nullptr) return;
            leaf = new Leaf{};
            root.store(leaf, std::memory_order_release);
        }
        (*leaf)[key & kLeafMask].store(value, std::memory_order_release);
    }

  private:
    static constexpr unsigned kLeafBits = 12;
    static constexpr std::uint32_t kLeafMask = (1u << kLeafBits) - 1;
    using Leaf = std::array<std::atomic<T*>, 1u << kLeafBits>;

    std::array<std::atomic<Leaf*>, (kKeys >> kLeafBits)> leaves_{};
};

}  // namespace fz::dataplane
