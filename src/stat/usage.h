// Every command and option of fz-stat in one table, from which --help, the manual page and the
// completions of shells are made: a row each.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/help_page.h"

namespace fz::stat {

struct Usage {
    std::string_view name;      ///< "datapath"; "-w" or "--json": an option
    std::string_view argument;  ///< "FILE FILE"; "[auto|xdp]": one of them, or none; may be empty
    std::string_view help;
};

inline constexpr std::array kUsage{
    Usage{"datapath", "[auto|xdp|xdp-generic|socket]",
          "Tells which way packets come into the gateway, interface by interface, and why; with an "
          "argument, changes it while the gateway runs (root only). Connections do not notice."},
    Usage{"--help", "", "Shows this page."},
};

inline constexpr std::string_view kSummary =
    "Asks the gateway that runs in this network namespace, and shows the answer.";

inline constexpr std::array kExitStatuses{
    ExitStatus{0, "the gateway answered"},
    ExitStatus{1, "the gateway refused, or cannot have XDP everywhere"},
    ExitStatus{2, "called wrongly"},
    ExitStatus{3, "no gateway is running here"},
};

/// The page that --help prints.
[[nodiscard]] std::string help_text();

}  // namespace fz::stat
