// The manual page, in mdoc(7): what mandoc and groff both render, and mandoc can check.
#include <algorithm>

#include "model.h"

namespace fz::manual {
namespace {

constexpr std::size_t kWidth = 78;  // columns of the source, which mandoc wants below 80

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Text in which nothing means anything to roff; hyphens stay hyphens, so that one can copy them.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    return out;
}

/// A word as an argument of a macro: what is as short as a macro's name must not be taken for one.
std::string argument(std::string_view word) {
    return (word.size() <= 3 ? "\\&" : "") + escaped(word);
}

/// Sentences begin on lines of their own, and no line begins as a macro does.
void append_text(std::string& page, std::string_view text) {
    std::string line;
    const auto finish = [&] {
        if (!line.empty()) page += line + '\n';
        line.clear();
    };
    while (!text.empty()) {
        const std::string_view plain = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), plain.size() + 1));
        const std::string word = escaped(plain);
        if (line.size() + 1 + word.size() > kWidth) finish();
        if (line.empty())
            line = (word.starts_with('.') || word.starts_with('\'') ? "\\&" : "") + word;
        else
            line += ' ' + word;
        if (plain.ends_with('.')) finish();
    }
    finish();
    if (!page.ends_with(".\n")) page.insert(page.size() - 1, ".");
}

std::string value_of(std::string_view value) {
    if (value.empty()) return {};
    return std::string(is_optional(value) ? " Op" : "") + " Ar " + argument(bare(value));
}

std::string item_of(const Option& option) {
    std::string item = ".It";
    for (const std::string& name : option.names) {
        if (item.size() > 3) item += " ,";
        item += option.is_flag() ? " Fl " + argument(std::string_view(name).substr(1))
                                 : " Ar " + argument(name);
    }
    item += value_of(option.value);
    if (!option.variable.empty()) item += " , Ev " + option.variable;
    return item + '\n';
}

std::string call_of(const Command& command) {
    std::string call = " Cm " + argument(command.name);
    for (const std::string& each : command.arguments) call += value_of(each);
    return call;
}

void append_synopsis(std::string& page, const Program& program) {
    page += ".Sh SYNOPSIS\n";
    for (const Command& command : program.commands) page += ".Nm" + call_of(command) + '\n';
    page += ".Nm\n.Op Ar OPTION ...\n";
    for (const Group& group : program.groups)
        for (const Option& option : group.options)
            if (!option.names.empty() && !option.is_flag())
                page += ".Op Ar " + argument(option.names[0]) + '\n';
}

void append_description(std::string& page, const Program& program) {
    page += ".Sh DESCRIPTION\n";
    bool first = true;
    for (const std::string& paragraph : program.description) {
        if (!first) page += ".Pp\n";
        first = false;
        append_text(page, paragraph);
    }
    if (program.commands.empty()) return;
    page += ".Pp\nThe commands:\n.Bl -tag -width Ds\n";
    for (const Command& command : program.commands) {
        page += ".It" + call_of(command) + '\n';
        append_text(page, command.help);
    }
    page += ".El\n";
}

bool is_variable_alone(const Option& option) { return option.names.empty(); }

void append_options(std::string& page, const Program& program) {
    page += ".Sh OPTIONS\n";
    for (const Group& group : program.groups) {
        if (std::all_of(group.options.begin(), group.options.end(), is_variable_alone)) continue;
        if (program.groups.size() > 1) page += ".Ss " + escaped(group.heading) + '\n';
        page += ".Bl -tag -width Ds\n";
        for (const Option& option : group.options) {
            if (is_variable_alone(option)) continue;
            page += item_of(option);
            append_text(page, option.help);
        }
        page += ".El\n";
    }
}

void append_environment(std::string& page, const Program& program) {
    std::string items;
    for (const Group& group : program.groups)
        for (const Option& option : group.options) {
            if (option.variable.empty()) continue;
            items += ".It Ev " + option.variable;
            if (is_variable_alone(option)) {
                items += value_of(option.value) + '\n';
                append_text(items, option.help);
            } else if (option.is_flag()) {
                items += "\nThe same as\n.Fl " +
                         argument(std::string_view(option.names.back()).substr(1)) +
                         (option.value.empty() ? " ,\ntrue or false.\n" : " .\n");
            } else {
                items += "\nThe same as\n.Ar " + argument(option.names[0]) + " .\n";
            }
        }
    if (!items.empty()) page += ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n" + items + ".El\n";
}

void append_files(std::string& page, const Program& program) {
    if (program.files.empty()) return;
    page += ".Sh FILES\n.Bl -tag -width Ds\n";
    for (const Place& place : program.files) {
        page += ".It Pa " + escaped(place.path) + '\n';
        append_text(page, place.what);
    }
    page += ".El\n";
}

void append_exit_statuses(std::string& page, const Program& program) {
    page += ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
    for (const ExitStatus& each : program.exit_statuses) {
        page += ".It " + std::to_string(each.status) + '\n';
        std::string sentence(each.when);
        sentence[0] = upper(sentence[0]);
        append_text(page, sentence);
    }
    page += ".El\n";
}

}  // namespace

std::string mdoc_page(const Program& program, const Edition& edition) {
    std::string title = program.name;
    std::transform(title.begin(), title.end(), title.begin(), upper);
    std::string page = ".\\\" Made by fz-manual from the program's table of options.\n";
    page += ".Dd " + edition.date + "\n.Dt " + title + " 8\n.Os " + program.name + ' ' +
            edition.version + '\n';
    page += ".Sh NAME\n.Nm " + program.name + "\n.Nd " + escaped(program.summary) + '\n';
    append_synopsis(page, program);
    append_description(page, program);
    append_options(page, program);
    append_environment(page, program);
    append_files(page, program);
    append_exit_statuses(page, program);
    if (!program.see_also.empty()) page += ".Sh SEE ALSO\n.Xr " + program.see_also + " 8\n";
    return page;
}

}  // namespace fz::manual
