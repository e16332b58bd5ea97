#include "tunnel/p2p_control.h"

#include <gtest/gtest.h>

#include "unit/wire/packets.h"
#include "wire/ip_packet.h"

namespace fz::tunnel {
namespace {

using test::hex;

TEST(P2pControl, TheGoodbyeIsThisPacket) {
    // Version 6, length 8, next header 255, hop limit 0, from :: to ::, type 2, seven zeros.
    const auto expected =
        hex("60000000 0008 ff 00"
            "00000000000000000000000000000000"
            "00000000000000000000000000000000"
            "0200000000000000");
    const auto packet = goodbye_packet();
    EXPECT_EQ(test::Buffer(packet.begin(), packet.end()), expected);
    const auto view = wire::IpPacketView::parse(packet);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->is_firezone_control());
}

TEST(P2pControl, EventsAreToldByTheFirstByteBehindTheHeader) {
    auto packet = goodbye_packet();
    EXPECT_EQ(control_event_of(packet), ControlEvent::goodbye);
    packet[40] = std::byte{0};
    EXPECT_EQ(control_event_of(packet), ControlEvent::assigned_ips);
    packet[40] = std::byte{1};
    EXPECT_EQ(control_event_of(packet), ControlEvent::domain_status);
}

TEST(P2pControl, UnknownEventsAndShortPacketsAreNone) {
    auto packet = goodbye_packet();
    EXPECT_FALSE(control_event_of(Bytes(packet).first(47)));
    EXPECT_FALSE(control_event_of({}));
    packet[40] = std::byte{3};
    EXPECT_FALSE(control_event_of(packet));
}

}  // namespace
}  // namespace fz::tunnel
