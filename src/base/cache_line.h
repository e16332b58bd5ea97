// What two threads should not share.
#pragma once

#include <cstddef>

namespace fz {

inline constexpr std::size_t kCacheLine = 64;  ///< bytes

}  // namespace fz
