#include "app/commands.h"

#include <charconv>
#include <optional>

#include "app/observer.h"
#include "app/peer_list.h"
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

std::optional<std::uint32_t> slot_in(std::string_view text) {
    std::uint32_t slot = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, slot);
    return failure == std::errc{} && stopped == end ? std::optional(slot) : std::nullopt;
}

std::string answer_peers(std::string_view from, bool may_see, const tunnel::Roster& roster,
                         Instant now) {
    if (!may_see) return error("only root may see who is connected");
    const auto slot = slot_in(from);
    if (!slot) return error("peers are listed from a slot on: 0, then what `next` says");
    return "ok\n" + peer_list(roster, *slot, now) + "\n";
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
    if (verb == "peers" && operated.roster != nullptr)
        return {answer_peers(rest, command.may_change, *operated.roster, now)};
    return {error("this gateway does not know what it is asked")};
}

}  // namespace fz::app
