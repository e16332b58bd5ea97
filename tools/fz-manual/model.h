// What the manual page and the completions of a program say, as data; each writer turns it into one
// kind of file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/help_page.h"

namespace fz::manual {

/// What a shell offers where a value is expected.
struct Offer {
    enum class Kind : std::uint8_t { nothing, words, interface, interfaces, file, directory };
    Kind kind = Kind::nothing;
    std::vector<std::string> words{};
};

/// Read from how the value is spelt: "auto|xdp" is one of these words, "IF" a network interface,
/// "IF[,IF]" some of them, "FILE" and "DIR" are what they say; brackets around it change nothing.
[[nodiscard]] Offer offer_of(std::string_view value);
[[nodiscard]] bool is_optional(std::string_view value) noexcept;
/// The value without brackets around it.
[[nodiscard]] std::string_view bare(std::string_view value) noexcept;
/// Up to the first full stop, which is left out.
[[nodiscard]] std::string_view first_sentence(std::string_view text) noexcept;

struct Option {
    std::vector<std::string> names;  ///< "-u", "--api-url"; "TOKEN" for one without a dash
    std::string value;               ///< "URL", "auto|xdp", "[SECONDS]"; empty: a switch
    std::string variable;            ///< which says the same, or empty; without names it is alone
    std::string help;

    [[nodiscard]] bool is_flag() const { return !names.empty() && names[0].starts_with('-'); }
};

struct Group {
    std::string heading;
    std::vector<Option> options;
};

struct Command {
    std::string name;
    std::vector<std::string> arguments;  ///< spelt as values are
    std::string help;
};

struct Place {
    std::string path;
    std::string what;
};

struct Program {
    std::string name;
    std::string summary;                   ///< "asks the gateway": no capital, no full stop
    std::vector<std::string> description;  ///< paragraphs
    std::vector<Group> groups;
    std::vector<Command> commands;
    std::vector<ExitStatus> exit_statuses;
    std::vector<Place> files;
    std::string see_also;  ///< another program of ours

    /// All that begin with a dash, in the order of the groups.
    [[nodiscard]] std::vector<Option> flags() const;
    /// Some value is the name of an interface.
    [[nodiscard]] bool offers_interfaces() const;
};

// The programs (gateway_manual.cpp, stat_manual.cpp).
[[nodiscard]] Program gateway();
[[nodiscard]] Program stat();

// The writers (mdoc.cpp, bash.cpp, zsh.cpp).
/// What stands at a page's foot.
struct Edition {
    std::string version;  ///< "0.1.0"
    std::string date;     ///< "November 23, 2026"
};
/// A page of section 8.
[[nodiscard]] std::string mdoc_page(const Program& program, const Edition& edition);
[[nodiscard]] std::string bash_completion(const Program& program);
[[nodiscard]] std::string zsh_completion(const Program& program);

}  // namespace fz::manual
