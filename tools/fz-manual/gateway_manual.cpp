#include "app/options.h"
#include "model.h"

namespace fz::manual {
namespace {

Option option_of(const app::Option& row) {
    Option option{{}, std::string(row.value), std::string(row.variable), std::string(row.help)};
    if (row.letter != 0) option.names.push_back({'-', row.letter});
    if (!row.flag.empty()) option.names.emplace_back(row.flag);
    if (row.is_token()) option = {{"TOKEN"}, "", option.variable, option.help};
    return option;
}

}  // namespace

Program gateway() {
    Program program{
        .name = "firezone-gateway",
        .summary = "ends the tunnels of Firezone clients in front of a private network",
        .description =
            {std::string(app::kSummary) +
                 " It ends their WireGuard tunnels, checks what each of them may reach, and hands "
                 "the packets on. It needs /dev/net/tun and CAP_NET_ADMIN, which root has. One "
                 "gateway runs per network namespace.",
             "Every option can be given as a flag or as the variable named beside it; the flag "
             "wins. Variables of switches are true or false.",
             "It tells on standard output, line by line, what an operator sees change, and ends "
             "on SIGINT, SIGTERM and SIGHUP, after it has told its clients."},
        .groups = {},
        .commands = {},
        .exit_statuses = {app::exit_statuses().begin(), app::exit_statuses().end()},
        .files = {{"/var/lib/firezone/gateway_id",
                   "What the portal recognises this gateway by, where no option tells."},
                  {"/etc/machine-id", "What that is derived from, where there is no such file."}},
        .see_also = "fz-stat"};
    for (const std::string_view heading : app::headings())
        program.groups.push_back({std::string(heading), {}});
    for (const app::Option& row : app::options())
        program.groups[static_cast<std::size_t>(row.group)].options.push_back(option_of(row));
    return program;
}

}  // namespace fz::manual
