// The completion for zsh: a function that is loaded by its file's name and asks _arguments.
#include <algorithm>

#include "model.h"

namespace fz::manual {
namespace {

/// For single quotes, within which _arguments gives brackets and colons a meaning.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'')
            out += "'\\'";
        else if (c == '[' || c == ']' || c == ':' || c == '\\')
            out += '\\';
        out += c;
    }
    return out;
}

std::string action_for(std::string_view value, const std::string& function) {
    const Offer offer = offer_of(value);
    std::string words;
    switch (offer.kind) {
        case Offer::Kind::nothing:
            break;
        case Offer::Kind::words:
            for (const std::string& word : offer.words) words += (words.empty() ? "" : " ") + word;
            return '(' + words + ')';
        case Offer::Kind::interface:
            return function + "_interfaces";
        case Offer::Kind::interfaces:
            return "_sequence " + function + "_interfaces";
        case Offer::Kind::file:
            return "_files";
        case Offer::Kind::directory:
            return "_files -/";
    }
    return {};
}

/// ":URL:" or "::SECONDS:", and what completes it.
std::string value_spec(std::string_view value, const std::string& function) {
    if (value.empty()) return {};
    const Offer offer = offer_of(value);
    const std::string what =
        offer.kind == Offer::Kind::words ? "value" : escaped(bare(value));  // the words speak
    return (is_optional(value) ? "::" : ":") + what + ':' + action_for(value, function);
}

/// '(-u --api-url)'{-u+,--api-url=}'[help]:URL:': either name, once.
std::string option_spec(const Option& option, const std::string& function) {
    std::string exclusive, names;
    for (const std::string& name : option.names) {
        (exclusive += exclusive.empty() ? "" : " ") += name;
        (names += names.empty() ? "" : ",") += name;
        if (!option.value.empty()) names += name.starts_with("--") ? "=" : "+";
    }
    if (option.names.size() > 1) names = '{' + names + '}';
    return "'(" + exclusive + ")'" + names + "'[" + escaped(first_sentence(option.help)) + ']' +
           value_spec(option.value, function) + '\'';
}

void append_commands(std::string& script, const Program& program, const std::string& function) {
    script += "local -a commands=(\n";
    for (const Command& command : program.commands)
        script += "    '" + command.name + ':' + escaped(first_sentence(command.help)) + "'\n";
    script +=
        ")\n"
        "case $state in\n"
        "    command) _describe command commands ;;\n"
        "    argument)\n"
        "        case $words[1] in\n";
    for (const Command& command : program.commands) {
        script += "            " + command.name + ") _arguments";
        for (std::size_t i = 0; i < command.arguments.size(); ++i)
            script +=
                " '" + std::to_string(i + 1) + value_spec(command.arguments[i], function) + '\'';
        script += " ;;\n";
    }
    script +=
        "        esac ;;\n"
        "esac\n";
}

}  // namespace

std::string zsh_completion(const Program& program) {
    const std::string function = '_' + program.name;
    std::string script =
        "#compdef " + program.name + "\n# Made by fz-manual from the program's table of options.\n";
    if (program.offers_interfaces())
        script += function +
                  "_interfaces() {\n"
                  "    local -a names=(/sys/class/net/*(N-/:t))\n"
                  "    compadd \"$@\" -a names\n"
                  "}\n";
    if (!program.commands.empty())
        script +=
            "local context state state_descr line\n"
            "typeset -A opt_args\n";
    script += "_arguments";
    for (const Option& option : program.flags())
        script += " \\\n    " + option_spec(option, function);
    if (!program.commands.empty())
        script +=
            " \\\n    '1:command:->command'"
            " \\\n    '*::argument:->argument' && return";
    for (const Group& group : program.groups)
        for (const Option& option : group.options)
            if (!option.names.empty() && !option.is_flag())
                script += " \\\n    '::" + option.names[0] + ":'";
    script += '\n';
    if (!program.commands.empty()) append_commands(script, program, function);
    return script;
}

}  // namespace fz::manual
