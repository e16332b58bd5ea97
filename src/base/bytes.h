// Borrowed bytes and the two bounds-checked cursors over them; nobody indexes raw input by hand.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/endian.h"

namespace fz {

using Bytes = std::span<const std::byte>;  ///< borrowed for the call, never stored
using MutBytes = std::span<std::byte>;

[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads forward through borrowed bytes. Failure is sticky: after the first read past the end every
/// read yields zero or an empty view, and `ok()` is false. Check once, at the end.
class Reader {
  public:
    explicit Reader(Bytes bytes) noexcept : rest_(bytes) {}

    template <std::unsigned_integral T>
    [[nodiscard]] T be() noexcept {
        const Bytes field = bytes(sizeof(T));
        return field.empty() ? T{0} : load_be<T>(field.data());
    }
    template <std::unsigned_integral T>
    [[nodiscard]] T le() noexcept {
        const Bytes field = bytes(sizeof(T));
        return field.empty() ? T{0} : load_le<T>(field.data());
    }
    [[nodiscard]] std::uint8_t u8() noexcept { return be<std::uint8_t>(); }

    /// The next `count` bytes, or an empty view and sticky failure if fewer are left.
    [[nodiscard]] Bytes bytes(std::size_t count) noexcept {
        if (!ok_ || count > rest_.size()) {
            ok_ = false;
            return {};
        }
        const Bytes taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    void skip(std::size_t count) noexcept { static_cast<void>(bytes(count)); }

    [[nodiscard]] Bytes rest() const noexcept { return ok_ ? rest_ : Bytes{}; }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  private:
    Bytes rest_;
    bool ok_ = true;
};

/// Writes forward into borrowed space. Failure is sticky, as in Reader: nothing is written past the
/// end, and `ok()` tells.
class Writer {
  public:
    explicit Writer(MutBytes space) noexcept : space_(space) {}

    template <std::unsigned_integral T>
    void be(T value) noexcept {
        if (std::byte* to = claim(sizeof(T))) store_be(to, value);
    }
    template <std::unsigned_integral T>
    void le(T value) noexcept {
        if (std::byte* to = claim(sizeof(T))) store_le(to, value);
    }
    void u8(std::uint8_t value) noexcept { be(value); }
    void bytes(Bytes source) noexcept {
        if (std::byte* to = claim(source.size()); to != nullptr && !source.empty())
            std::memcpy(to, source.data(), source.size());
    }
    void zeros(std::size_t count) noexcept {
        if (std::byte* to = claim(count); to != nullptr && count != 0) std::memset(to, 0, count);
    }

    [[nodiscard]] std::size_t size() const noexcept { return used_; }
    [[nodiscard]] MutBytes written() const noexcept { return space_.first(used_); }
    [[nodiscard]] bool ok() const noexcept { return ok_; }

  private:
    std::byte* claim(std::size_t count) noexcept {
        if (!ok_ || count > space_.size() - used_) {
            ok_ = false;
            return nullptr;
        }
        std::byte* at = space_.data() + used_;
        used_ += count;
        return at;
    }

    MutBytes space_;
    std::size_t used_ = 0;
    bool ok_ = true;
};

}  // namespace fz
