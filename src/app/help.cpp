#include <algorithm>
#include <array>

#include "app/config.h"
#include "app/options.h"
#include "app/version.h"

namespace fz::app {
namespace {

constexpr std::size_t kWidth = 88;   // columns of the page
constexpr std::size_t kColumn = 42;  // where the variable's name begins
constexpr std::size_t kIndent = 10;

constexpr std::string_view kHead =
    "Connects the clients of a Firezone account to the networks around this host.\n"
    "\n"
    "Usage: firezone-gateway [OPTIONS] [TOKEN]\n"
    "\n"
    "Every option can be given as a flag or as the variable named beside it; the flag wins.\n"
    "Variables of switches are true or false.\n";

constexpr std::string_view kFoot =
    "\n"
    "Other:\n"
    "  -h, --help\n"
    "  -V, --version\n"
    "\n"
    "Exit codes: 0 after SIGINT or SIGTERM, --help and --version; 2 when called wrongly, a\n"
    "missing token included; 1 for everything else.\n";

constexpr std::array<std::string_view, 5> kHeadings{
    "Portal", "Packets", "Logging", "Process",
    "Accepted, so that configurations of the upstream gateway work, but without effect"};

std::string name_of(const Option& option) {
    if (option.is_token()) return "  [TOKEN]";
    if (option.flag.empty()) return "      (variable only)";
    std::string name = option.letter == 0 ? "      " : std::string("  -") + option.letter + ", ";
    name += option.flag;
    if (!option.is_switch()) name += " <" + std::string(option.value) + ">";
    return name;
}

void append_wrapped(std::string& page, std::string_view text) {
    const std::string margin(kIndent - 1, ' ');
    std::string line = margin;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (line.size() + 1 + word.size() > kWidth) {
            page += line + '\n';
            line = margin;
        }
        (line += ' ') += word;
    }
    page += line + '\n';
}

void append_option(std::string& page, const Option& option) {
    std::string line = name_of(option);
    if (!option.variable.empty()) {
        line.append(line.size() + 2 <= kColumn ? kColumn - line.size() : 2, ' ');
        line += option.variable;
    }
    page += line + '\n';
    append_wrapped(page, option.help);
}

}  // namespace

std::string help_text() {
    std::string page = version_text() + "\n\n" + std::string(kHead);
    for (std::size_t group = 0; group < kHeadings.size(); ++group) {
        page += '\n' + std::string(kHeadings[group]) + ":\n";
        for (const Option& option : options())
            if (option.group == static_cast<Group>(group) && !option.help.empty())
                append_option(page, option);
    }
    return page + std::string(kFoot);
}

std::string version_text() {
    return "firezone-gateway " + std::string(version()) + " (speaks the protocol of upstream's " +
           std::string(kCompatibleVersion) + ")";
}

}  // namespace fz::app
