#include "app/config.h"

#include <utility>
#include <vector>

#include "app/options.h"

namespace fz::app {
namespace {

/// A value as it was found, and the name by which the operator knows it.
struct Found {
    std::string_view source;
    std::string_view value;
};

/// Walks the arguments once and notes the value each option was given; the views are borrowed.
class ArgumentScan {
  public:
    /// What the arguments ask for: --help and --version win over whatever follows them.
    Expected<Request, UsageError> run(std::span<const std::string_view> arguments) {
        found_.resize(options().size());
        rest_ = arguments;
        while (!rest_.empty()) {
            const std::string_view argument = take();
            if (argument == "-h" || argument == "--help") return Request::print_help;
            if (argument == "-V" || argument == "--version") return Request::print_version;
            if (argument == "--" && !only_positional_)
                only_positional_ = true;
            else if (is_flag(argument))
                FZ_TRY(read_flag(argument));
            else
                FZ_TRY(read_token(argument));
        }
        return Request::run;
    }

    [[nodiscard]] const std::optional<Found>& found(std::size_t option) const {
        return found_[option];
    }

  private:
    std::string_view take() {
        const std::string_view argument = rest_.front();
        rest_ = rest_.subspan(1);
        return argument;
    }
    [[nodiscard]] bool is_flag(std::string_view argument) const {
        return !only_positional_ && argument.size() > 1 && argument.starts_with('-');
    }

    Expected<void, UsageError> read_token(std::string_view argument) {
        for (std::size_t i = 0; i < options().size(); ++i)
            if (options()[i].is_token()) return note(i, Found{"TOKEN", argument});
        return {};
    }

    /// "--flag value", "--flag=value", "-f value", "-f=value", "-fvalue", and switches without.
    Expected<void, UsageError> read_flag(std::string_view argument) {
        const auto equals = argument.find('=');
        const bool is_long = argument.starts_with("--");
        const std::string_view name = is_long ? argument.substr(0, equals) : argument.substr(0, 2);
        for (std::size_t i = 0; i < options().size(); ++i) {
            const Option& option = options()[i];
            if (is_long ? option.flag != name : option.letter == 0 || option.letter != name[1])
                continue;
            std::string_view attached = argument.substr(name.size());
            const bool has_value = !attached.empty();
            if (attached.starts_with('=')) attached.remove_prefix(1);
            if (option.is_switch()) {
                if (has_value) return Unexpected{UsageError(std::string(name) + " takes no value")};
                return note(i, Found{name, "true"});
            }
            if (has_value) return note(i, Found{name, attached});
            if (rest_.empty()) return Unexpected{UsageError(std::string(name) + " needs a value")};
            return note(i, Found{name, take()});
        }
        return Unexpected{UsageError("there is no option " + std::string(name) + "; see --help")};
    }

    Expected<void, UsageError> note(std::size_t option, Found found) {
        if (found_[option])
            return Unexpected{UsageError(std::string(found.source) + " was given twice")};
        found_[option] = found;
        return {};
    }

    std::span<const std::string_view> rest_;
    std::vector<std::optional<Found>> found_;
    bool only_positional_ = false;
};

std::optional<Found> find_variable(const Option& option, const Environment& environment) {
    const auto variable = environment.find(option.variable);
    if (option.variable.empty() || variable == environment.end()) return std::nullopt;
    return Found{option.variable, variable->second};
}

}  // namespace

Expected<Config, UsageError> parse(std::span<const std::string_view> arguments,
                                   const Environment& environment) {
    Config config;
    ArgumentScan scan;
    FZ_ASSIGN(config.request, scan.run(arguments));
    if (config.request != Request::run) return config;
    for (std::size_t i = 0; i < options().size(); ++i) {
        const Option& option = options()[i];
        const auto found = scan.found(i) ? scan.found(i) : find_variable(option, environment);
        if (!found) continue;
        if (auto complaint = option.apply(config, found->value))
            return Unexpected{UsageError(std::string(found->source) + " " + *complaint)};
    }
    return config;
}

}  // namespace fz::app
