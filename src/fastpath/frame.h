// From a frame that the program steered to us to the datagram in it.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "wire/train.h"

namespace fz::fastpath {

/// One datagram, borrowed from the frame; nothing if the frame is not UDP over IP as bpf/parse.h
/// has it: Ethernet with up to two VLAN tags, no IPv4 options, no IPv6 extension headers. Checksums
/// are not looked at: what the tunnel carries authenticates itself.
[[nodiscard]] std::optional<wire::IncomingTrain> parse_frame(MutBytes frame) noexcept;

}  // namespace fz::fastpath
