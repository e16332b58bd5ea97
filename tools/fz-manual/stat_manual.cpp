#include <algorithm>

#include "model.h"
#include "stat/usage.h"

namespace fz::manual {
namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        words.emplace_back(word);
    }
    return words;
}

}  // namespace

Program stat() {
    Program program{.name = "fz-stat",
                    .summary = "asks and changes a running firezone-gateway",
                    .description = {std::string(stat::kSummary)},
                    .groups = {{"Options", {}}},
                    .commands = {},
                    .exit_statuses = {stat::kExitStatuses.begin(), stat::kExitStatuses.end()},
                    .files = {},
                    .see_also = "firezone-gateway"};
    for (const stat::Usage& row : stat::kUsage) {
        if (row.name.starts_with('-'))
            program.groups[0].options.push_back(
                {{std::string(row.name)}, std::string(row.argument), "", std::string(row.help)});
        else
            program.commands.push_back(
                {std::string(row.name), words_of(row.argument), std::string(row.help)});
    }
    return program;
}

}  // namespace fz::manual
