// What the operator wants the network's packets to come through.
#pragma once

#include <cstdint>

namespace fz::doors {

/// XDP where it can be had; XDP in the driver or nothing; XDP behind the driver, which works with
/// every one of them, or nothing; sockets alone.
enum class Wish : std::uint8_t { automatic, xdp, xdp_generic, socket };

}  // namespace fz::doors
