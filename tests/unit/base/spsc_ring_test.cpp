#include "base/spsc_ring.h"

#include <gtest/gtest.h>

#include <thread>

namespace fz {
namespace {

TEST(SpscRing, IsFirstInFirstOutAndBounded) {
    SpscRing<int> ring(4);
    EXPECT_EQ(ring.front(), nullptr);
    for (int value = 0; value < 4; ++value) {
        int* entry = ring.claim();
        ASSERT_NE(entry, nullptr);
        *entry = value;
        ring.publish();
    }
    EXPECT_EQ(ring.claim(), nullptr);
    EXPECT_EQ(*ring.front(), 0);
    ring.pop();
    ASSERT_NE(ring.claim(), nullptr);  // claimed and not published: not there yet
    for (int value = 1; value < 4; ++value) {
        ASSERT_NE(ring.front(), nullptr);
        EXPECT_EQ(*ring.front(), value);
        ring.pop();
    }
    EXPECT_EQ(ring.front(), nullptr);
}

TEST(SpscRing, CarriesEverythingBetweenTwoThreads) {
    constexpr std::uint64_t kCount = 200'000;
    SpscRing<std::uint64_t> ring(64);
    std::thread producer([&] {
        for (std::uint64_t value = 0; value < kCount;) {
            std::uint64_t* entry = ring.claim();
            if (entry == nullptr) {
                std::this_thread::yield();
                continue;
            }
            *entry = value++;
            ring.publish();
        }
    });
    for (std::uint64_t expected = 0; expected < kCount;) {
        const std::uint64_t* entry = ring.front();
        if (entry == nullptr) {
            std::this_thread::yield();
            continue;
        }
        ASSERT_EQ(*entry, expected++);
        ring.pop();
    }
    producer.join();
}

}  // namespace
}  // namespace fz
