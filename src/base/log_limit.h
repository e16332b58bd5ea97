// Bounds the lines of one kind where anybody's packet can cause one: whoever floods us must not
// make us write, and an operator must see that there were more.
//
//   FZ_LOG_LIMITED(limit, now, debug, "handshake refused", kv("peer", peer));
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/time.h"

namespace fz::log {

/// A few lines per second; those that were withheld since are counted on the next one.
class Limit {
  public:
    static constexpr int kLinesPerWindow = 5;
    static constexpr Duration kWindow = 1s;

    /// Nothing if the line must be withheld; else how many were, since the last one.
    [[nodiscard]] std::optional<std::uint64_t> admit(Instant now) noexcept {
        if (now - window_began_ >= kWindow) {
            window_began_ = now;
            written_ = 0;
        }
        if (written_ == kLinesPerWindow) {
            ++withheld_;
            return std::nullopt;
        }
        ++written_;
        return std::exchange(withheld_, 0);
    }

  private:
    Instant window_began_;
    int written_ = 0;
    std::uint64_t withheld_ = 0;
};

}  // namespace fz::log

#define FZ_LOG_LIMITED(limit, now, level, message, ...)                                \
    do {                                                                               \
        if (::fz::log::enabled(::fz::log::Level::level))                               \
            if (const auto fz_withheld = (limit).admit(now))                           \
                ::fz::log::write(                                                      \
                    {::fz::log::Level::level,                                          \
                     ::fz::log::module_of(__FILE__),                                   \
                     message,                                                          \
                     {__VA_ARGS__ __VA_OPT__(, )::fz::kv("withheld", *fz_withheld)}}); \
    } while (false)
