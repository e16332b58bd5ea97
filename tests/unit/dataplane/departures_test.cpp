#include "dataplane/departures.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

using wire::Ecn;
using wire::Family;

class DeparturesTest : public ::testing::Test {
  protected:
    void append(const Path& path, std::size_t size, Ecn ecn = Ecn::not_ect) {
        const MutBytes room = departures.append(path, ecn, size);
        ASSERT_EQ(room.size(), size);
        std::fill(room.begin(), room.end(), std::byte{0x5a});
    }
    /// The number of datagrams in each train.
    std::vector<std::size_t> counts(Family family = Family::v4) {
        std::vector<std::size_t> result;
        for (const auto& train : departures.trains(family)) result.push_back(train.count());
        return result;
    }
    using Counts = std::vector<std::size_t>;

    const Path a{.destination = test::socket("192.0.2.1:1"), .source = {}, .channel = {}};
    const Path b{.destination = test::socket("192.0.2.2:1"), .source = {}, .channel = {}};
    Departures departures;
};

TEST_F(DeparturesTest, EqualDatagramsJoinAndAShorterOneEndsTheTrain) {
    // connectivity: "foobar, barbaz, foobaz, foo" is one batch; "foobar, barbaz, bar, barbaz" two
    for (const std::size_t size : {6U, 6U, 6U, 3U}) append(a, size);
    EXPECT_EQ(counts(), (Counts{4}));
    EXPECT_EQ(departures.trains(Family::v4)[0].segment, 6U);
    departures.clear();
    for (const std::size_t size : {6U, 6U, 3U, 6U}) append(a, size);
    EXPECT_EQ(counts(), (Counts{3, 1}));
}

TEST_F(DeparturesTest, ALongerOneBeginsAnother) {
    for (const std::size_t size : {6U, 7U, 7U}) append(a, size);
    EXPECT_EQ(counts(), (Counts{1, 2}));
}

TEST_F(DeparturesTest, DestinationSourceAndMarkAreTheTrains) {
    append(a, 6);
    append(b, 6);
    append(a, 6);
    append(a, 6, Ecn::ce);
    append({a.destination, test::socket("198.51.100.1:2"), {}}, 6, Ecn::ce);
    EXPECT_EQ(counts(), (Counts{1, 1, 1, 1, 1}));
}

TEST_F(DeparturesTest, PeersBehindOneRelayShareATrain) {
    const Path first{a.destination, {}, wire::ChannelNumber{0x4001}};
    const Path second{a.destination, {}, wire::ChannelNumber{0x4002}};
    append(first, 6);
    append(second, 6);
    ASSERT_EQ(counts(), (Counts{2}));
    const auto& train = departures.trains(Family::v4)[0];
    EXPECT_EQ(train.segment, 10U);  // with the ChannelData header
    EXPECT_EQ(load_be<std::uint16_t>(train.bytes.data()), 0x4001);
    EXPECT_EQ(load_be<std::uint16_t>(train.bytes.data() + 10), 0x4002);
}

TEST_F(DeparturesTest, FamiliesDoNotMix) {
    append(a, 6);
    append({test::socket("[2001:db8::1]:1"), {}, {}}, 6);
    append(a, 6);
    EXPECT_EQ(counts(), (Counts{1, 1}));  // no longer behind each other
    EXPECT_EQ(counts(Family::v6), (Counts{1}));
}

TEST_F(DeparturesTest, ATrainIsNoLongerThanTheKernelTakes) {
    for (int i = 0; i < 65; ++i) append(a, 100);
    EXPECT_EQ(counts(), (Counts{64, 1}));
    departures.clear();
    for (int i = 0; i < 50; ++i) append(a, 1312);
    EXPECT_EQ(counts(), (Counts{49, 1}));  // 49 x 1312 = 64288; 50 would exceed 65535 - 68
}

TEST_F(DeparturesTest, HasRoomForWhatItSays) {
    EXPECT_TRUE(departures.has_room(256, 100'000));
    EXPECT_FALSE(departures.has_room(1, Departures::kArena + 1));
    // However they alternate, a batch of the largest single datagrams fits.
    for (std::size_t i = 0; i < Departures::kMaxTrains; ++i) append(i % 2 == 0 ? a : b, 1316);
    EXPECT_EQ(counts().size(), Departures::kMaxTrains);
    EXPECT_FALSE(departures.has_room(1, 1316));
}

}  // namespace
}  // namespace fz::dataplane
