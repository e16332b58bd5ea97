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
    Usage{"drops", "",
          "Every reason for which packets were lost, how many, how many per second now, and what "
          "it means."},
    Usage{"xdp", "",
          "Each XDP ring: its mode, what the program in the kernel decided, what the kernel lost."},
    Usage{"hist", "", "How many packets come at once, and how long they take, as histograms."},
    Usage{"peers", "",
          "The connected clients: addresses, path, relay, round trip, last handshake, bytes, and "
          "what each may reach until when (root only). With --json as a document on a line for "
          "each part of the list."},
    Usage{"diff", "FILE FILE", "What happened between two snapshots that --json has written."},
    Usage{"check", "",
          "One line for a monitoring system; exit status 0, 1 (warning) or 2 (critical)."},
    Usage{"datapath", "[auto|xdp|xdp-generic|socket]",
          "Tells which way packets come into the gateway, interface by interface, and why; with an "
          "argument, changes it while the gateway runs (root only). Connections do not notice."},
    Usage{"-w", "[SECONDS]",
          "Shows the screen again and again, each second or as often as given. Keys: o the "
          "overview, p peers, d drops, x XDP, h histograms, arrows to sort, q to end."},
    Usage{"-n", "COUNT", "Ends -w after so many screens."},
    Usage{"--json", "", "All counters at this moment as one JSON document."},
    Usage{"--ndjson", "", "With -w: such a document on a line, each time."},
    Usage{"--prometheus", "", "All counters in Prometheus' text format."},
    Usage{"--all", "", "With drops: also those that never happened."},
    Usage{"--warn-busy", "PERCENT", "With check: of one processor, the busiest queue. Default: 80"},
    Usage{"--crit-busy", "PERCENT", "Likewise, critical. Default: 95"},
    Usage{"--warn-loss", "PERCENT",
          "With check: of all packets, lost because the host does not keep up. Default: 0.1"},
    Usage{"--crit-loss", "PERCENT", "Likewise, critical. Default: 1"},
    Usage{"--portal-grace", "SECONDS",
          "With check: how long the portal may be away before that is critical. Default: 60"},
    Usage{"--help", "", "Shows this page."},
};

inline constexpr std::string_view kSummary =
    "Shows what the gateway of this network namespace is doing, queue by queue: which way packets "
    "come in and why, what is dropped and why, and whether there is room for more. Root, the "
    "gateway's user and its group may look.";

/// Exit statuses; `check` has its own meaning for 0 to 2.
enum Status : int { kGood = 0, kRefused = 1, kCalledWrongly = 2, kNotRunning = 3 };

inline constexpr std::array kExitStatuses{
    ExitStatus{kGood, "the gateway answered"},
    ExitStatus{kRefused, "the gateway refused, cannot be read, or cannot have XDP everywhere"},
    ExitStatus{kCalledWrongly, "called wrongly"},
    ExitStatus{kNotRunning, "no gateway is running here"},
};

/// The page that --help prints.
[[nodiscard]] std::string help_text();

}  // namespace fz::stat
