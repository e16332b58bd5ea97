#include "noise/tai64n.h"

#include "base/bytes.h"

namespace fz::noise {

namespace {

// 2^62 marks the labels of times since 1970; TAI was 10 s ahead of UTC then.
constexpr std::uint64_t kUnixEpoch = (std::uint64_t{1} << 62) + 10;

}  // namespace

Tai64n Tai64n::from(UnixTime time) noexcept {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    Tai64n result;
    Writer writer(result.bytes);
    writer.be(kUnixEpoch + static_cast<std::uint64_t>(second.time_since_epoch().count()));
    writer.be(static_cast<std::uint32_t>((time - second).count()));
    return result;
}

}  // namespace fz::noise
