#include "app/commands.h"

#include "doors/doorkeeper.h"

namespace fz::app {
namespace {

constexpr std::string_view kDatapath = "datapath";

std::string error(std::string_view sentence) { return "error\n" + std::string(sentence) + "\n"; }

std::string describe(const doors::Doorkeeper& doorkeeper, Instant now) {
    return "wished for: " + std::string(name_of(doorkeeper.wish())) + "\n" +
           doorkeeper.describe(now);
}

}  // namespace

std::string answer_command(std::string_view command, bool may_change, doors::Doorkeeper& doorkeeper,
                           Instant now) {
    const std::size_t space = command.find(' ');
    if (command.substr(0, space) != kDatapath)
        return error("this gateway does not know what it is asked");
    if (space == std::string_view::npos) return "ok\n" + describe(doorkeeper, now);
    const auto wish = doors::wish_named(command.substr(space + 1));
    if (!wish) return error("a datapath is auto, xdp, xdp-generic or socket");
    if (!may_change) return error("only root may change the datapath");
    doorkeeper.wish(*wish, now);
    return (doorkeeper.as_wished(now) ? "ok\n" : "error\n") + describe(doorkeeper, now);
}

}  // namespace fz::app
