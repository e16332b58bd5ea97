#include "app/commands.h"

#include "app/observer.h"
#include "doors/doorkeeper.h"

namespace fz::app {
namespace {

std::string error(std::string_view sentence) { return "error\n" + std::string(sentence) + "\n"; }

std::string describe(const doors::Doorkeeper& doorkeeper, Instant now) {
    std::string lines = "wished for: " + std::string(name_of(doorkeeper.wish())) + "\n";
    for (const doors::DoorReport& door : doorkeeper.report(now)) lines += door.to_string() + "\n";
    return lines;
}

/// `wanted`: empty to look only.
std::string answer_datapath(std::string_view wanted, bool may_change, doors::Doorkeeper& doorkeeper,
                            Instant now) {
    if (wanted.empty()) return "ok\n" + describe(doorkeeper, now);
    const auto wish = doors::wish_named(wanted);
    if (!wish) return error("a datapath is auto, xdp, xdp-generic or socket");
    if (!may_change) return error("only root may change the datapath");
    doorkeeper.wish(*wish, now);
    return (doorkeeper.as_wished(now) ? "ok\n" : "error\n") + describe(doorkeeper, now);
}

os::CommandAnswer answer_page(bool may_read, const Observer& observer) {
    if (!may_read) return {error("only root and the gateway's own group may see its figures")};
    return {"ok\n", observer.page_descriptor()};
}

}  // namespace

os::CommandAnswer answer_command(const os::CommandPort::Command& command, const Operated& operated,
                                 Instant now) {
    const std::string_view text = command.text;
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view verb = text.substr(0, space);
    const std::string_view rest = text.substr(std::min(space + 1, text.size()));
    if (verb == "datapath" && operated.doorkeeper != nullptr)
        return {answer_datapath(rest, command.may_change, *operated.doorkeeper, now)};
    if (verb == "page" && operated.observer != nullptr)
        return answer_page(command.may_read, *operated.observer);
    return {error("this gateway does not know what it is asked")};
}

}  // namespace fz::app
