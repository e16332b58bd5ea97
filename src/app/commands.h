// What an operator may ask of a running gateway, in words: fz-stat asks, the control thread
// answers.
//
//   datapath              the wish, and a line for each interface
//   datapath auto|xdp|xdp-generic|socket
//                         another wish from now on (root only), then the same
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace fz::doors {
class Doorkeeper;
}

namespace fz::app {

/// The answer's first line is "ok", or "error" if the rest tells why nothing, or not all, was done.
[[nodiscard]] std::string answer_command(std::string_view command, bool may_change,
                                         doors::Doorkeeper& doorkeeper, Instant now);

}  // namespace fz::app
