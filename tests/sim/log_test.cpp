// What a day of gateway and clients writes into the log, and what it must never.
#include "base/log.h"
#include "sim/world.h"

namespace fz::sim {
namespace {

std::vector<std::string> written;

void write_down(const log::Line& line) {
    std::string text(log::name_of(line.level));
    (text += ' ') += line.message;
    for (const log::Field& field : line.fields) text += ' ' + field.value;
    written.push_back(std::move(text));
}

/// Everything that both ends say while a client connects, moves, loses its relay and its access.
std::vector<std::string> lines_from(log::Level lowest, World& world, ClientHost& alice) {
    written.clear();
    log::set_sink(write_down, lowest);
    EXPECT_TRUE(world.connects(alice));
    alice.nat.reboot();
    world.run(60s);
    world.relays[0].restart("another relay password");
    world.announce({world.relays[0].description().id}, {world.relays[0].description()});
    EXPECT_TRUE(world.connects(alice));
    for (const policy::Resource& resource : world.portal.resources)
        world.tell_gateway(portal::RejectAccess{alice.device.id, resource.id});
    world.run(10s);
    log::set_sink(nullptr, log::Level::error);
    return written;
}

std::string lines_with(const std::vector<std::string>& lines, std::string_view what) {
    std::string found;
    for (const std::string& line : lines)
        if (line.find(what) != std::string::npos) found += line + '\n';
    return found;
}

TEST(Log, NamesNoSecretAtAnyLevel) {
    World world{1};
    const std::string relay_password = world.relays[0].description().password;
    ClientHost& alice = world.add_client(Nat::Mapping::per_destination);
    const auto lines = lines_from(log::Level::trace, world, alice);
    EXPECT_NE(lines_with(lines, "path selected"), "") << "it was a day with something to tell";
    EXPECT_NE(lines_with(lines, "203.0.113."), "") << "what is searched for can be found";
    const auto flow = world.portal.authorize(alice.device.id, world.portal.resources[0].id);
    for (const std::string& secret : {relay_password, world.relays[0].description().password,
                                      flow.client_ice.password, flow.gateway_ice.password})
        EXPECT_EQ(lines_with(lines, secret), "");
}

TEST(Log, NamesNoAddressAboveDebug) {
    World world{2};
    const auto lines = lines_from(log::Level::info, world, world.add_client());
    EXPECT_NE(lines_with(lines, "access authorized"), "");
    for (const char* network : {"203.0.113.", "198.51.100.", "192.0.2.", "100.64.", "10."})
        EXPECT_EQ(lines_with(lines, network), "");
}

}  // namespace
}  // namespace fz::sim
