#include "telemetry/page.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "os/clock.h"

namespace fz::telemetry {
namespace {

class PageTest : public ::testing::Test {
  protected:
    PageTest() : writer_(PageWriter::create(2, "1.2.3").value()) {
        GatewayFacts facts;
        facts.version = "1.2.3";
        facts.peers_direct = 41;
        facts.interface_count = 1;
        facts.interfaces[0].name = "eth0";
        facts.interfaces[0].why = "no driver";
        writer_.facts().store(facts);
        WorkerFigures figures;
        figures.packets.to_client.received = 5;
        writer_.worker(1).store(figures);
    }
    /// A copy of the page that can be spoilt, aligned as a page is.
    std::vector<std::uint64_t> copy() const {
        std::vector<std::uint64_t> words(writer_.bytes().size() / 8);
        std::memcpy(words.data(), writer_.bytes().data(), words.size() * 8);
        return words;
    }
    static std::string refusal(const std::vector<std::uint64_t>& words, std::size_t size) {
        const auto read =
            read_page({reinterpret_cast<const std::byte*>(words.data()), size}, Instant{});
        return read ? "" : read.error().to_string();
    }

    PageWriter writer_;
};

TEST_F(PageTest, WhatIsWrittenIsRead) {
    const auto snapshot = read_page(writer_.bytes(), Instant(5s)).value();
    EXPECT_EQ(snapshot.taken_at, Instant(5s));
    EXPECT_EQ(snapshot.facts.version.view(), "1.2.3");
    EXPECT_EQ(snapshot.facts.peers_direct, 41U);
    EXPECT_EQ(snapshot.facts.interfaces[0].why.view(), "no driver");
    ASSERT_EQ(snapshot.workers.size(), 2U);
    EXPECT_EQ(snapshot.workers[0].packets.to_client.received, 0U);
    EXPECT_EQ(snapshot.workers[1].packets.to_client.received, 5U);
}

TEST_F(PageTest, OthersReadItThroughTheDescriptorAndCannotWrite) {
    const auto mapped = os::map_shared_memory(writer_.read_only_fd()).value();
    EXPECT_EQ(read_page(mapped.bytes(), Instant{}).value().facts.peers_direct, 41U);
    GatewayFacts later;
    later.peers_direct = 42;
    writer_.facts().store(later);
    EXPECT_EQ(read_page(mapped.bytes(), Instant{}).value().facts.peers_direct, 42U);
    EXPECT_EQ(::write(writer_.read_only_fd(), "x", 1), -1);
}

TEST_F(PageTest, APageCutAtAnyWordIsRefusedWithASentence) {
    const auto words = copy();
    for (std::size_t size = 0; size < words.size() * 8; size += size < 256 ? 8 : 1024)
        EXPECT_NE(refusal(words, size), "") << size;
    EXPECT_EQ(refusal(words, 8), "these are no gateway's counters");
    EXPECT_EQ(refusal(words, words.size() * 8 - 8), "the gateway's counters are cut off");
    EXPECT_EQ(refusal(words, words.size() * 8), "");
}

TEST_F(PageTest, ForeignBytesAreRefused) {
    EXPECT_EQ(refusal(std::vector<std::uint64_t>(4096, 0), 4096 * 8),
              "these are no gateway's counters");
    EXPECT_EQ(refusal(std::vector<std::uint64_t>(4096, ~std::uint64_t{0}), 4096 * 8),
              "these are no gateway's counters");
}

TEST_F(PageTest, AnotherVersionIsNamed) {
    for (std::size_t field = 1; field <= 4; ++field) {  // layout, drops, sizes
        auto words = copy();
        ++words[field];
        EXPECT_EQ(refusal(words, words.size() * 8),
                  "the gateway has version 1.2.3: only the fz-stat that was built with it can read "
                  "its counters");
    }
}

TEST_F(PageTest, AnAbsurdNumberOfWorkersIsRefused) {
    auto words = copy();
    words[5] = ~std::uint64_t{0} / 2;
    EXPECT_EQ(refusal(words, words.size() * 8), "the gateway's counters are cut off");
}

TEST_F(PageTest, AGatewayThatDiedWhileItWroteIsToldFromOneThatLives) {
    auto words = copy();
    words[128 / 8] |= 1;  // the facts' sequence number
    EXPECT_EQ(refusal(words, words.size() * 8),
              "the gateway's counters cannot be read: it ended while it wrote them");
}

TEST(TextTest, IsCutWhereItDoesNotFit) {
    EXPECT_EQ(Text<8>("abc").view(), "abc");
    EXPECT_EQ(Text<8>("abcdefghij").view(), "abcdefgh");
    EXPECT_EQ(Text<8>("").view(), "");
}

TEST(HistogramTest, BucketsArePowersOfTwo) {
    Histogram<4> histogram;
    for (const std::uint64_t number : {0, 1, 2, 3, 4, 7, 8, 1000}) histogram.add(number);
    EXPECT_EQ(histogram.counts, (std::array<std::uint64_t, 4>{1, 1, 2, 4}));
}

}  // namespace
}  // namespace fz::telemetry
