// What an operator may ask of a running gateway, in words: fz-stat asks, the control thread
// answers.
//
//   datapath              the wish, and a line for each interface
//   datapath auto|xdp|xdp-generic|socket
//                         another wish from now on (root only), then the same
//   page                  a descriptor of the page with all figures (telemetry/page.h), for those
//                         whom a file of mode 0640 would let read
//   peers FROM            the connected clients as JSON, page by page (root only: their addresses
//                         are personal data); FROM is 0, then what the page before calls `next`
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "os/command_port.h"

namespace fz::doors {
class Doorkeeper;
}
namespace fz::tunnel {
class Roster;
}

namespace fz::app {

class Observer;

/// What can be asked; all of it may be missing.
struct Operated {
    doors::Doorkeeper* doorkeeper = nullptr;
    const Observer* observer = nullptr;
    const tunnel::Roster* roster = nullptr;
};

/// The answer's first line is "ok", or "error" if the rest tells why nothing, or not all, was done.
[[nodiscard]] os::CommandAnswer answer_command(const os::CommandPort::Command& command,
                                               const Operated& operated, Instant now);

}  // namespace fz::app
