#include "stat/usage.h"

namespace fz::stat {
namespace {

void append_rows(std::string& page, std::string_view heading, bool options) {
    (page += '\n') += heading;
    page += ":\n";
    for (const Usage& row : kUsage) {
        if (row.name.starts_with('-') != options) continue;
        (page += "  ") += row.name;
        if (!row.argument.empty()) (page += ' ') += row.argument;
        page += '\n';
        append_wrapped(page, row.help, kHelpIndent);
    }
}

}  // namespace

std::string help_text() {
    std::string page = "Usage: fz-stat [OPTION] [COMMAND]\n\n";
    append_wrapped(page, kSummary, 0);
    append_rows(page, "Commands", false);
    append_rows(page, "Options", true);
    append_exit_statuses(page, kExitStatuses);
    return page;
}

}  // namespace fz::stat
