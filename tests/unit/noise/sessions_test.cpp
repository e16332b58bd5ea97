#include "noise/sessions.h"

#include <gtest/gtest.h>

namespace fz::noise {
namespace {

[[nodiscard]] Keypair keypair(std::uint32_t index, Role role, Instant created_at = {}) {
    return {.local_index = index, .role = role, .created_at = created_at};
}

TEST(Sessions, NumberThemselvesFromOneAndWrapWithinEightBits) {
    Sessions sessions(0xabcdef);
    EXPECT_EQ(sessions.next_index(), 0xabcdef01u);
    for (int i = 2; i <= 255; ++i) static_cast<void>(sessions.next_index());
    EXPECT_EQ(sessions.next_index(), 0xabcdef00u);
    EXPECT_EQ(sessions.next_index(), 0xabcdef01u);
}

TEST(Sessions, UseAnInitiatorsAtOnceAndAResponderOnceConfirmed) {
    Sessions sessions(0);
    sessions.add(keypair(1, Role::responder));
    EXPECT_FALSE(sessions.current());
    EXPECT_TRUE(sessions.awaits_confirmation(Instant{4s}, 5s));
    EXPECT_FALSE(sessions.awaits_confirmation(Instant{5s}, 5s));
    EXPECT_TRUE(sessions.confirm(1));
    EXPECT_EQ(sessions.current()->local_index, 1u);
    EXPECT_FALSE(sessions.awaits_confirmation(Instant{4s}, 5s));
    sessions.add(keypair(2, Role::initiator, Instant{9s}));
    EXPECT_EQ(sessions.current()->local_index, 2u);
}

TEST(Sessions, NeverStepBackToAnOlderOne) {
    Sessions sessions(0);
    sessions.add(keypair(1, Role::responder, Instant{1s}));
    sessions.add(keypair(2, Role::initiator, Instant{2s}));
    EXPECT_TRUE(sessions.confirm(1));
    EXPECT_EQ(sessions.current()->local_index, 2u);
}

TEST(Sessions, ConfirmOnlyTheExactIndex) {
    Sessions sessions(0);
    sessions.add(keypair(9, Role::responder));
    EXPECT_FALSE(sessions.confirm(1));  // the same place
    EXPECT_FALSE(sessions.confirm(2));
    EXPECT_FALSE(sessions.current());
}

TEST(Sessions, ReplaceWhatLaidInTheirPlaceEightNumbersAgo) {
    Sessions sessions(0);
    for (std::uint32_t index = 1; index <= 8; ++index)
        EXPECT_FALSE(sessions.add(keypair(index, Role::initiator))) << index;
    EXPECT_EQ(sessions.add(keypair(9, Role::initiator)), 1u);
}

TEST(Sessions, DieAtAHundredAndEightySeconds) {
    Sessions sessions(0);
    sessions.add(keypair(2, Role::initiator, Instant{20s}));
    sessions.add(keypair(1, Role::responder, Instant{10s}));
    EXPECT_EQ(sessions.next_expiry(), Instant{190s});
    EXPECT_FALSE(sessions.take_expired(Instant{190s - 1ns}));
    EXPECT_EQ(sessions.take_expired(Instant{190s})->local_index, 1u);
    EXPECT_EQ(sessions.next_expiry(), Instant{200s});
    EXPECT_TRUE(sessions.current());
    EXPECT_EQ(sessions.take_expired(Instant{200s})->local_index, 2u);
    EXPECT_FALSE(sessions.current());
    EXPECT_FALSE(sessions.next_expiry());
}

}  // namespace
}  // namespace fz::noise
