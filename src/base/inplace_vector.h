// A vector with its storage inside and a fixed capacity: no allocation on the packet path.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "base/assert.h"

namespace fz {

template <typename T, std::size_t N>
class InplaceVector {
  public:
    InplaceVector() = default;
    InplaceVector(InplaceVector&& other) noexcept {
        for (T& item : other) push_back(std::move(item));
        other.clear();
    }
    InplaceVector& operator=(InplaceVector&& other) noexcept {
        if (this == &other) return *this;
        clear();
        for (T& item : other) push_back(std::move(item));
        other.clear();
        return *this;
    }
    InplaceVector(const InplaceVector& other) {
        for (const T& item : other) push_back(item);
    }
    InplaceVector& operator=(const InplaceVector& other) {
        if (this == &other) return *this;
        clear();
        for (const T& item : other) push_back(item);
        return *this;
    }
    ~InplaceVector() { clear(); }

    static constexpr std::size_t capacity() noexcept { return N; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] bool full() const noexcept { return size_ == N; }

    /// Appends; a full vector is a bug of the caller, who checks `full()`.
    template <typename... Args>
    T& emplace_back(Args&&... args) {
        FZ_ASSERT(!full());
        T* at = new (slot(size_)) T{std::forward<Args>(args)...};
        ++size_;
        return *at;
    }
    void push_back(T item) { emplace_back(std::move(item)); }
    void pop_back() noexcept {
        FZ_ASSERT(!empty());
        std::destroy_at(data() + --size_);
    }
    void clear() noexcept {
        std::destroy_n(data(), size_);
        size_ = 0;
    }

    T* data() noexcept { return std::launder(reinterpret_cast<T*>(storage_)); }
    const T* data() const noexcept { return std::launder(reinterpret_cast<const T*>(storage_)); }
    T* begin() noexcept { return data(); }
    T* end() noexcept { return data() + size_; }
    const T* begin() const noexcept { return data(); }
    const T* end() const noexcept { return data() + size_; }
    T& operator[](std::size_t i) noexcept { return FZ_ASSERT(i < size_), data()[i]; }
    const T& operator[](std::size_t i) const noexcept { return FZ_ASSERT(i < size_), data()[i]; }
    T& back() noexcept { return (*this)[size_ - 1]; }

  private:
    void* slot(std::size_t i) noexcept { return storage_ + i * sizeof(T); }

    alignas(T) std::byte storage_[N * sizeof(T)];
    std::size_t size_ = 0;
};

}  // namespace fz
