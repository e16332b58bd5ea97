#include "model.h"

#include <algorithm>

namespace fz::manual {

bool is_optional(std::string_view value) noexcept {
    return value.starts_with('[') && value.ends_with(']');
}

std::string_view bare(std::string_view value) noexcept {
    return is_optional(value) ? value.substr(1, value.size() - 2) : value;
}

Offer offer_of(std::string_view value) {
    value = bare(value);
    if (value == "IF") return {Offer::Kind::interface};
    if (value == "IF[,IF]") return {Offer::Kind::interfaces};
    if (value == "FILE") return {Offer::Kind::file};
    if (value == "DIR") return {Offer::Kind::directory};
    if (value.find('|') == std::string_view::npos) return {};
    Offer offer{Offer::Kind::words};
    for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t end = std::min(value.find('|', begin), value.size());
        offer.words.emplace_back(value.substr(begin, end - begin));
        begin = end + 1;
    }
    return offer;
}

std::string_view first_sentence(std::string_view text) noexcept {
    const std::string_view sentence = text.substr(0, text.find(". "));
    return sentence.substr(0, sentence.size() - (sentence.ends_with('.') ? 1 : 0));
}

std::vector<Option> Program::flags() const {
    std::vector<Option> found;
    for (const Group& group : groups)
        for (const Option& option : group.options)
            if (option.is_flag()) found.push_back(option);
    return found;
}

bool Program::offers_interfaces() const {
    const auto is_one = [](const std::string& value) {
        const Offer::Kind kind = offer_of(value).kind;
        return kind == Offer::Kind::interface || kind == Offer::Kind::interfaces;
    };
    const auto options = flags();
    return std::any_of(options.begin(), options.end(),
                       [&](const Option& option) { return is_one(option.value); }) ||
           std::any_of(commands.begin(), commands.end(), [&](const Command& command) {
               return std::any_of(command.arguments.begin(), command.arguments.end(), is_one);
           });
}

}  // namespace fz::manual
