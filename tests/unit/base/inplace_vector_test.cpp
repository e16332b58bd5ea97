#include "base/inplace_vector.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace fz {
namespace {

using Counted = std::shared_ptr<int>;  // its use count shows who is alive

TEST(InplaceVector, FillsToItsCapacity) {
    InplaceVector<std::string, 3> items;
    EXPECT_TRUE(items.empty());
    items.push_back("a");
    items.emplace_back("b");
    EXPECT_EQ(items.size(), 2u);
    EXPECT_FALSE(items.full());
    items.push_back("c");
    EXPECT_TRUE(items.full());
    EXPECT_EQ(items.capacity(), 3u);
    EXPECT_EQ(items[0] + items[1] + items.back(), "abc");
}

TEST(InplaceVector, Iterates) {
    InplaceVector<int, 4> items;
    for (int i = 1; i <= 3; ++i) items.push_back(i);
    int sum = 0;
    for (const int item : items) sum += item;
    EXPECT_EQ(sum, 6);
}

TEST(InplaceVector, DestroysWhatItDrops) {
    const auto item = std::make_shared<int>(1);
    {
        InplaceVector<Counted, 4> items;
        for (int i = 0; i < 4; ++i) items.push_back(item);
        EXPECT_EQ(item.use_count(), 5);
        items.pop_back();
        EXPECT_EQ(item.use_count(), 4);
        items.clear();
        EXPECT_EQ(item.use_count(), 1);
        items.push_back(item);
    }
    EXPECT_EQ(item.use_count(), 1);
}

TEST(InplaceVector, MovesItsItemsAndLeavesNone) {
    const auto item = std::make_shared<int>(1);
    InplaceVector<Counted, 2> from;
    from.push_back(item);
    InplaceVector<Counted, 2> to(std::move(from));
    EXPECT_TRUE(from.empty());  // NOLINT: promised
    EXPECT_EQ(to.size(), 1u);
    InplaceVector<Counted, 2> other;
    other.push_back(std::make_shared<int>(2));
    other = std::move(to);
    EXPECT_EQ(other[0], item);
    EXPECT_EQ(item.use_count(), 2);
}

TEST(InplaceVector, Copies) {
    InplaceVector<std::string, 2> from;
    from.push_back("a");
    InplaceVector<std::string, 2> to(from);
    from[0] = "b";
    EXPECT_EQ(to[0], "a");
    to = from;
    EXPECT_EQ(to[0], "b");
}

TEST(InplaceVectorDeathTest, OverflowAndBadIndexAreBugs) {
    InplaceVector<int, 1> items;
    EXPECT_DEATH(items.pop_back(), "empty");
    items.push_back(1);
    EXPECT_DEATH(items.push_back(2), "full");
    EXPECT_DEATH(static_cast<void>(items[1]), "size_");
}

}  // namespace
}  // namespace fz
