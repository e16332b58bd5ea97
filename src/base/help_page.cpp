#include "base/help_page.h"

#include <algorithm>

namespace fz {

void append_wrapped(std::string& page, std::string_view text, std::size_t indent) {
    std::string line;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!line.empty() && line.size() + 1 + word.size() > kHelpWidth) {
            page += line + '\n';
            line.clear();
        }
        (line += line.empty() ? std::string(indent, ' ') : " ") += word;
    }
    page += line + '\n';
}

void append_exit_statuses(std::string& page, std::span<const ExitStatus> statuses) {
    page += "\nExit status:\n";
    for (const ExitStatus& each : statuses)
        ((page += "  " + std::to_string(each.status) + "  ") += each.when) += '\n';
}

}  // namespace fz
