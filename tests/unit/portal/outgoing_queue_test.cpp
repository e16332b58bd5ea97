#include "portal/outgoing_queue.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

std::string drain(OutgoingQueue& queue) {
    std::string all;
    while (const auto body = queue.take()) all += *body;
    return all;
}

TEST(OutgoingQueue, IsFirstInFirstOut) {
    OutgoingQueue queue;
    for (const char* body : {"a", "b", "a"}) queue.push(body, Repeat::keep);
    EXPECT_EQ(drain(queue), "aba");
}

TEST(OutgoingQueue, OfEqualCandidateListsTheLaterStays) {
    OutgoingQueue queue;
    for (const char* body : {"+", "-", "x", "+"}) queue.push(body, Repeat::collapse);
    EXPECT_EQ(drain(queue), "-x+");
    queue.push("+", Repeat::collapse);  // sent is not queued
    EXPECT_EQ(drain(queue), "+");
}

TEST(OutgoingQueue, RestoresWhatWasNotConfirmed) {
    OutgoingQueue queue;
    for (const char* body : {"a", "b"}) queue.push(body, Repeat::collapse);
    EXPECT_EQ(queue.take(), "a");
    queue.restore();
    queue.restore();
    EXPECT_EQ(queue.take(), "a");
    queue.push("c", Repeat::keep);
    queue.confirm();
    queue.restore();
    EXPECT_EQ(drain(queue), "bc");
}

TEST(OutgoingQueue, ARestoredListYieldsToALaterEqualOne) {
    OutgoingQueue queue;
    queue.push("+", Repeat::collapse);
    EXPECT_EQ(queue.take(), "+");
    queue.push("-", Repeat::collapse);
    queue.push("+", Repeat::collapse);
    queue.restore();
    EXPECT_EQ(drain(queue), "-+");
}

TEST(OutgoingQueue, LosesItsOldestWhenFull) {
    OutgoingQueue queue;
    for (std::size_t i = 0; i < OutgoingQueue::kCapacity + 3; ++i)
        queue.push(std::to_string(i), i % 2 == 0 ? Repeat::collapse : Repeat::keep);
    EXPECT_EQ(queue.size(), OutgoingQueue::kCapacity);
    EXPECT_EQ(queue.take(), "3");
}

TEST(OutgoingQueue, CountsBytesToo) {
    OutgoingQueue queue;
    const std::size_t third = OutgoingQueue::kCapacityBytes / 3;
    for (int i = 0; i < 5; ++i) queue.push(std::string(third, 'x'), Repeat::keep);
    EXPECT_EQ(queue.size(), 3u);
    static_cast<void>(queue.take());
    static_cast<void>(queue.take());
    queue.push(std::string(third, 'x'), Repeat::keep);
    EXPECT_EQ(queue.size(), 2u);
}

}  // namespace
}  // namespace fz::portal
