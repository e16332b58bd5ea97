#include "udp/ancillary.h"

#include <gtest/gtest.h>
#include <netinet/udp.h>

#include <cstring>
#include <limits>

#include "unit/wire/packets.h"

namespace fz::udp {
namespace {

/// Control messages as a kernel could hand them over.
class AncillaryTest : public ::testing::Test {
  protected:
    template <typename T>
    void add(int level, int type, const T& value) {
        cmsghdr header{};
        header.cmsg_level = level;
        header.cmsg_type = type;
        header.cmsg_len = CMSG_LEN(sizeof value);
        std::memcpy(control_.bytes.data() + used_, &header, sizeof header);
        std::memcpy(control_.bytes.data() + used_ + CMSG_LEN(0), &value, sizeof value);
        used_ += CMSG_SPACE(sizeof value);
    }
    Arrival parse() {
        msghdr message{};
        message.msg_control = control_.bytes.data();
        message.msg_controllen = used_;
        return parse_ancillary(message);
    }

    Control control_;
    std::size_t used_ = 0;
};

TEST_F(AncillaryTest, NothingSaidIsOneUnmarkedDatagramToNobodyKnowsWhere) {
    const Arrival arrival = parse();
    EXPECT_FALSE(arrival.local);
    EXPECT_EQ(arrival.ecn, wire::Ecn::not_ect);
    EXPECT_EQ(arrival.segment, 0U);
}

TEST_F(AncillaryTest, ReadsTheHeadersDestinationAndNotTheRoutesChoice) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_addr, test::ip("192.0.2.7").bytes().data(), 4);
    std::memcpy(&info.ipi_spec_dst, test::ip("192.0.2.99").bytes().data(), 4);
    add(IPPROTO_IP, IP_PKTINFO, info);
    add(IPPROTO_IP, IP_TOS, std::uint8_t{0xab});  // DSCP and CE
    add(IPPROTO_UDP, UDP_GRO, 1312);
    const Arrival arrival = parse();
    EXPECT_EQ(arrival.local, test::ip("192.0.2.7"));
    EXPECT_EQ(arrival.ecn, wire::Ecn::ce);
    EXPECT_EQ(arrival.segment, 1312U);
}

TEST_F(AncillaryTest, ASegmentSizeThatCannotBeIsNone) {
    for (const int size : {0, -1, std::numeric_limits<int>::min()}) {
        used_ = 0;
        add(IPPROTO_UDP, UDP_GRO, size);
        EXPECT_EQ(parse().segment, 0U);
    }
}

TEST_F(AncillaryTest, ASegmentSizeIsBelievedOnlyWithinItsMessage) {
    struct Case {
        int told;
        std::size_t bytes, segment;
    };
    for (const Case& each :
         {Case{1312, 5000, 1312},                          // three and a shorter one
          Case{1312, 1312, 1312}, Case{1312, 1311, 1311},  // larger than the buffer: one datagram
          Case{std::numeric_limits<int>::max(), 100, 100}, Case{0, 100, 100}, Case{-5, 100, 100},
          Case{1312, 0, 0}}) {
        used_ = 0;
        add(IPPROTO_UDP, UDP_GRO, each.told);
        EXPECT_EQ(parse().segment_in(each.bytes), each.segment) << each.told;
    }
    EXPECT_EQ(Arrival{}.segment_in(100), 100U);
}

TEST_F(AncillaryTest, MessagesOfOtherLevelsAndTypesAreNotMistaken) {
    add(SOL_SOCKET, UDP_GRO, 1312);
    add(IPPROTO_IP, UDP_GRO, 1312);
    add(IPPROTO_UDP, UDP_SEGMENT, 1312);
    const Arrival arrival = parse();
    EXPECT_EQ(arrival.segment, 0U);
    EXPECT_EQ(arrival.ecn, wire::Ecn::not_ect);
    EXPECT_FALSE(arrival.local);
}

TEST_F(AncillaryTest, ReadsIPv6) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, test::ip("2001:db8::7").bytes().data(), 16);
    add(IPPROTO_UDP, UDP_GRO, 1200);
    add(IPPROTO_IPV6, IPV6_PKTINFO, info);
    add(IPPROTO_IPV6, IPV6_TCLASS, 0xb9);  // DSCP and ECT(1)
    const Arrival arrival = parse();
    EXPECT_EQ(arrival.local, test::ip("2001:db8::7"));
    EXPECT_EQ(arrival.ecn, wire::Ecn::ect1);
    EXPECT_EQ(arrival.segment, 1200U);
}

TEST_F(AncillaryTest, LengthsThatLieReadNothingOutside) {
    for (const std::size_t length : {std::size_t{0}, CMSG_LEN(0) - 1, CMSG_LEN(0), CMSG_LEN(1),
                                     CMSG_LEN(4), CMSG_LEN(1000), SIZE_MAX}) {
        // Exactly as long as one header, so that the address sanitizer sees a step too far.
        std::vector<std::byte> exact(sizeof(cmsghdr));
        cmsghdr header{};
        header.cmsg_level = IPPROTO_UDP;
        header.cmsg_type = UDP_GRO;
        header.cmsg_len = length;
        std::memcpy(exact.data(), &header, sizeof header);
        msghdr message{};
        message.msg_control = exact.data();
        message.msg_controllen = exact.size();
        EXPECT_EQ(parse_ancillary(message).segment, 0U);
    }
}

TEST_F(AncillaryTest, AShortMessageIsReadNoFurtherThanItGoes) {
    add(IPPROTO_UDP, UDP_GRO, std::uint16_t{1312});
    add(IPPROTO_IPV6, IPV6_TCLASS, std::uint8_t{1});
    const Arrival arrival = parse();
    EXPECT_EQ(arrival.segment, 1312U);  // little-endian, and zero behind it
    EXPECT_EQ(arrival.ecn, wire::Ecn::ect1);
}

/// Control messages as the kernel will read them.
struct Written {
    int level, type;
    std::vector<std::byte> value;
};
std::vector<Written> written(Control& control, std::size_t used) {
    msghdr message{};
    message.msg_control = control.bytes.data();
    message.msg_controllen = used;
    std::vector<Written> all;
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, each)) {
        const auto* value = reinterpret_cast<const std::byte*>(CMSG_DATA(each));
        all.push_back(
            {each->cmsg_level, each->cmsg_type, {value, value + each->cmsg_len - CMSG_LEN(0)}});
    }
    return all;
}
template <typename T>
T value_of(const Written& message) {
    T value{};
    EXPECT_EQ(message.value.size(), sizeof value);
    std::memcpy(&value, message.value.data(), std::min(sizeof value, message.value.size()));
    return value;
}

TEST_F(AncillaryTest, AsksForTheMarkAlwaysAndForSegmentsOnlyWhenThereAreSome) {
    const wire::OutgoingTrain train{.bytes = {},
                                    .segment = 100,
                                    .source = {},
                                    .destination = {test::ip("192.0.2.1"), 1},
                                    .ecn = wire::Ecn::ect0};
    auto messages = written(control_, write_ancillary(control_, train, 0));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].level, IPPROTO_IP);
    EXPECT_EQ(messages[0].type, IP_TOS);
    EXPECT_EQ(value_of<int>(messages[0]), 2);  // ECT(0), RFC 3168 section 5; DSCP 0

    messages = written(control_, write_ancillary(control_, train, 100));
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[1].level, IPPROTO_UDP);
    EXPECT_EQ(messages[1].type, UDP_SEGMENT);
    EXPECT_EQ(value_of<std::uint16_t>(messages[1]), 100);
}

TEST_F(AncillaryTest, NamesTheSourceAndLeavesTheInterfaceToTheKernel) {
    const wire::OutgoingTrain train{.bytes = {},
                                    .segment = 100,
                                    .source = wire::SocketAddr{test::ip("2001:db8::2"), 7},
                                    .destination = {test::ip("2001:db8::1"), 1},
                                    .ecn = wire::Ecn::not_ect};
    const auto messages = written(control_, write_ancillary(control_, train, 100));
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0].type, IPV6_TCLASS);
    EXPECT_EQ(messages[1].type, IPV6_PKTINFO);
    const auto info = value_of<in6_pktinfo>(messages[1]);
    EXPECT_EQ(std::memcmp(&info.ipi6_addr, test::ip("2001:db8::2").bytes().data(), 16), 0);
    EXPECT_EQ(info.ipi6_ifindex, 0U);
}

}  // namespace
}  // namespace fz::udp
