// Which way packets go, and that they find one: direct, relayed, through NATs that change.
#include "sim/world.h"

namespace fz::sim {
namespace {

TEST(Path, TheFirstPacketsRoundTripIsDirect) {
    World world(1);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    const auto relayed = world.relays[0].relayed;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(world.works(alice));
    EXPECT_EQ(world.portal.flows_asked, 1u);
    EXPECT_EQ(world.portal.flows_authorized, 1u);
    world.run(5s);
    EXPECT_LT(world.relays[0].relayed - relayed, 100u) << "only checks";
    world.expect_balanced();
}

}  // namespace
}  // namespace fz::sim
