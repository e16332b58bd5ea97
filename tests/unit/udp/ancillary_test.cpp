#include "udp/ancillary.h"

#include <gtest/gtest.h>
#include <netinet/udp.h>

#include <cstring>

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

TEST_F(AncillaryTest, AShortMessageIsReadNoFurtherThanItGoes) {
    add(IPPROTO_UDP, UDP_GRO, std::uint16_t{1312});
    add(IPPROTO_IPV6, IPV6_TCLASS, std::uint8_t{1});
    const Arrival arrival = parse();
    EXPECT_EQ(arrival.segment, 1312U);  // little-endian, and zero behind it
    EXPECT_EQ(arrival.ecn, wire::Ecn::ect1);
}

TEST_F(AncillaryTest, AsksForSegmentsOnlyWhenThereAreSome) {
    const wire::OutgoingTrain train{.bytes = {},
                                    .segment = 100,
                                    .source = {},
                                    .destination = {test::ip("192.0.2.1"), 1},
                                    .ecn = wire::Ecn::ect0};
    EXPECT_EQ(write_ancillary(control_, train, 0), CMSG_SPACE(sizeof(int)));
    EXPECT_EQ(write_ancillary(control_, train, 100),
              CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(std::uint16_t)));
}

}  // namespace
}  // namespace fz::udp
