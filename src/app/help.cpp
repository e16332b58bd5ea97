#include "app/config.h"
#include "app/options.h"
#include "app/version.h"

namespace fz::app {
namespace {

constexpr std::size_t kColumn = 42;  // where the variable's name begins

constexpr std::string_view kHead =
    "Usage: firezone-gateway [OPTIONS] [TOKEN]\n"
    "\n"
    "Every option can be given as a flag or as the variable named beside it; the flag wins.\n"
    "Variables of switches are true or false.\n";

std::string name_of(const Option& option) {
    if (option.is_token()) return "  [TOKEN]";
    if (option.flag.empty()) return "      (variable only)";
    std::string name = option.letter == 0 ? "      " : std::string("  -") + option.letter + ", ";
    name += option.flag;
    if (!option.is_switch()) name += " <" + std::string(option.value) + ">";
    return name;
}

void append_option(std::string& page, const Option& option) {
    std::string line = name_of(option);
    if (!option.variable.empty()) {
        line.append(line.size() + 2 <= kColumn ? kColumn - line.size() : 2, ' ');
        line += option.variable;
    }
    page += line + '\n';
    append_wrapped(page, option.help, kHelpIndent);
}

}  // namespace

std::string help_text() {
    std::string page =
        version_text() + "\n\n" + std::string(kSummary) + "\n\n" + std::string(kHead);
    for (std::size_t group = 0; group < headings().size(); ++group) {
        page += '\n' + std::string(headings()[group]) + ":\n";
        for (const Option& option : options())
            if (option.group == static_cast<Group>(group)) append_option(page, option);
    }
    append_exit_statuses(page, exit_statuses());
    return page;
}

std::string version_text() {
    return "firezone-gateway " + std::string(version()) + " (speaks the protocol of upstream's " +
           std::string(kCompatibleVersion) + ")";
}

}  // namespace fz::app
