// The completion for bash: one function, without bash-completion's helpers.
#include <algorithm>

#include "model.h"

namespace fz::manual {
namespace {

/// "firezone-gateway" as part of a function's name.
std::string identifier(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string out;
    for (const std::string& word : words) {
        if (!out.empty()) out += separator;
        out += word;
    }
    return out;
}

std::string among(const std::vector<std::string>& words) {
    return "mapfile -t COMPREPLY < <(compgen -W '" + joined(words, " ") + "' -- \"$word\")";
}

/// `kind` is compgen's: -f or -d. That they are paths, for slashes and quoting, only a shell that
/// is completing wants to know.
std::string among_paths(std::string_view kind) {
    return "mapfile -t COMPREPLY < <(compgen " + std::string(kind) +
           " -- \"$word\")\n            compopt -o filenames 2>/dev/null";
}

/// The statement that fills COMPREPLY for a value; empty where there is nothing to offer.
std::string statement_for(const std::string& value, const std::string& function) {
    const Offer offer = offer_of(value);
    switch (offer.kind) {
        case Offer::Kind::nothing:
            break;
        case Offer::Kind::words:
            return among(offer.words);
        case Offer::Kind::interface:
            return function + "_interfaces \"\" \"$word\"";
        case Offer::Kind::interfaces:
            return "[[ $word == *,* ]] && listed=${word%,*},\n" + std::string(12, ' ') + function +
                   "_interfaces \"$listed\" \"${word##*,}\"";
        case Offer::Kind::file:
            return among_paths("-f");
        case Offer::Kind::directory:
            return among_paths("-d");
    }
    return {};
}

/// A branch of a `case`. A value that must be there, and is anything, keeps flags from being
/// offered in its place.
void append_branch(std::string& script, const std::string& pattern, const std::string& statement) {
    script += "        " + pattern + ")\n";
    if (!statement.empty()) script += "            " + statement + '\n';
    script += "            return ;;\n";
}

void append_values(std::string& script, const Program& program, const std::string& function) {
    std::string branches;
    for (const Option& option : program.flags())
        if (!option.value.empty() && !is_optional(option.value))
            append_branch(branches, joined(option.names, " | "),
                          statement_for(option.value, function));
    if (!branches.empty()) script += "    case $before in\n" + branches + "    esac\n";
}

void append_commands(std::string& script, const Program& program, const std::string& function) {
    if (program.commands.empty()) return;
    std::vector<std::string> names;
    std::string branches;
    for (const Command& command : program.commands) {
        names.push_back(command.name);
        for (std::size_t i = 0; i < command.arguments.size(); ++i)
            append_branch(branches, command.name + ':' + std::to_string(i),
                          statement_for(command.arguments[i], function));
    }
    append_branch(branches, ":0", among(names));
    script +=
        "    local command=\"\" given=0 i\n"
        "    for ((i = 1; i < COMP_CWORD; ++i)); do\n"
        "        if [[ -n $command ]]; then\n"
        "            ((++given))\n"
        "        else\n"
        "            case ${COMP_WORDS[i]} in " +
        joined(names, " | ") +
        ") command=${COMP_WORDS[i]} ;; esac\n"
        "        fi\n"
        "    done\n"
        "    case $command:$given in\n" +
        branches + "    esac\n";
}

}  // namespace

std::string bash_completion(const Program& program) {
    const std::string function = '_' + identifier(program.name);
    std::string script = "# bash completion for " + program.name +
                         "; made by fz-manual from the program's table of options.\n";
    // Not by compgen -W, which would run what a name like $(reboot) says.
    if (program.offers_interfaces())
        script += function +
                  "_interfaces() {\n"
                  "    local path\n"
                  "    for path in /sys/class/net/*/; do\n"
                  "        path=${path%/} path=${path##*/}\n"
                  "        [[ $path == \"$2\"* ]] && COMPREPLY+=(\"$1$path\")\n"
                  "    done\n"
                  "}\n";
    // Bash takes --flag=word apart, at the equals sign.
    script += function +
              "() {\n"
              "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
              "listed=\"\"\n"
              "    if [[ $word == = ]]; then\n"
              "        word=\"\"\n"
              "    elif [[ $before == = ]]; then\n"
              "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
              "    fi\n"
              "    COMPREPLY=()\n";
    append_values(script, program, function);
    std::vector<std::string> flags;
    for (const Option& option : program.flags())
        flags.insert(flags.end(), option.names.begin(), option.names.end());
    script +=
        "    if [[ $word == -* ]]; then\n        " + among(flags) + "\n        return\n    fi\n";
    append_commands(script, program, function);
    return script + "}\ncomplete -F " + function + ' ' + program.name + '\n';
}

}  // namespace fz::manual
