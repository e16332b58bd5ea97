// What is in our programs' tables is in their page and in their completions; what a value, a
// command or a word that means something to the reader becomes.
#include <gtest/gtest.h>

#include "app/options.h"
#include "model.h"
#include "stat/usage.h"

namespace fz::manual {
namespace {

const Edition kEdition{"0.1.0", "November 23, 2026"};

bool holds(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}
/// As the page spells it.
std::string in_mdoc(std::string_view flag) {
    std::string out;
    for (const char c : flag) out += c == '-' ? "\\-" : std::string(1, c);
    return out;
}

/// Everything at once: what no program of ours has yet.
Program sample() {
    return {.name = "a-program",
            .summary = "is a sample",
            .description = {"A sentence. Another one, which names .Nm and a\\b"},
            .groups = {{"Options",
                        {{{"-w", "--watch"}, "[SECONDS]", "", "Again and again."},
                         {{"--on"}, "IF", "ON", "It's [here]: there."},
                         {{"--to"}, "DIR", "", "To there."}}}},
            .commands = {{"diff", {"FILE", "FILE"}, "Compares."}, {"peers", {}, "Lists."}},
            .exit_statuses = {{0, "done"}},
            .files = {},
            .see_also = ""};
}

TEST(Manual, EveryOptionOfTheGatewayIsInItsPageAndCompletions) {
    const std::string page = mdoc_page(gateway(), kEdition);
    const std::string bash = bash_completion(gateway());
    const std::string zsh = zsh_completion(gateway());
    for (const app::Option& option : app::options()) {
        EXPECT_TRUE(holds(page, "Ev " + std::string(option.variable))) << option.variable;
        if (option.flag.empty()) continue;
        EXPECT_TRUE(holds(page, "Fl " + in_mdoc(option.flag.substr(1)))) << option.flag;
        EXPECT_TRUE(holds(bash, ' ' + std::string(option.flag))) << option.flag;
        EXPECT_TRUE(holds(zsh, std::string(option.flag) + (option.is_switch() ? "" : "=")))
            << option.flag;
        const std::string letter = option.letter == 0 ? "" : std::string("Fl \\&") + option.letter;
        EXPECT_TRUE(holds(page, letter)) << letter;
    }
    for (const std::string_view heading : app::headings()) EXPECT_TRUE(holds(page, heading));
}

TEST(Manual, EveryRowOfFzStatIsInItsPageAndCompletions) {
    const std::string page = mdoc_page(stat(), kEdition);
    for (const stat::Usage& row : stat::kUsage) {
        const bool option = row.name.starts_with('-');
        const std::string macro = option ? "Fl " : "Cm ";
        const std::string word = in_mdoc(row.name.substr(option));
        // What is as short as a macro is kept from being one.
        EXPECT_TRUE(holds(page, macro + word) || holds(page, macro + "\\&" + word)) << row.name;
        EXPECT_TRUE(holds(bash_completion(stat()), row.name)) << row.name;
        EXPECT_TRUE(holds(zsh_completion(stat()), row.name)) << row.name;
        EXPECT_TRUE(holds(stat::help_text(), row.name)) << row.name;
    }
}

TEST(Mdoc, LetsNoWordBeTakenForAnInstruction) {
    const std::string page = mdoc_page(sample(), kEdition);
    EXPECT_TRUE(holds(page, "\nA sentence.\nAnother one, which names .Nm and a\\eb.\n")) << page;
    Program odd = sample();
    odd.description = {".Nm begins a line"};
    EXPECT_TRUE(holds(mdoc_page(odd, kEdition), "\n\\&.Nm begins a line.\n"));
}

TEST(Mdoc, TellsWhatMayBeLeftOut) {
    const std::string page = mdoc_page(sample(), kEdition);
    EXPECT_TRUE(holds(page, ".It Fl \\&w , Fl \\-watch Op Ar SECONDS\n")) << page;
    EXPECT_TRUE(holds(page, ".Nm Cm diff Ar FILE Ar FILE\n")) << page;
}

TEST(Zsh, EscapesWhatArgumentsWouldRead) {
    EXPECT_TRUE(holds(zsh_completion(sample()),
                      "'(--on)'--on='[It'\\''s \\[here\\]\\: there]:IF:_a-program_interfaces'"))
        << zsh_completion(sample());
}

TEST(Bash, NoInterfaceIsOfferedByCompgenWhichWouldRunItsName) {
    const std::string script = bash_completion(sample());
    EXPECT_TRUE(holds(script, "_a_program_interfaces \"\" \"$word\"")) << script;
    EXPECT_FALSE(holds(script, "$(")) << script;
}

}  // namespace
}  // namespace fz::manual
