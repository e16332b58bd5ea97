#include "telemetry/sequenced.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>

namespace fz::telemetry {
namespace {

/// Every number is the same, in a value that somebody wrote whole.
struct Value {
    std::array<std::uint64_t, 64> numbers{};

    static Value of(std::uint64_t number) {
        Value value;
        value.numbers.fill(number);
        return value;
    }
    [[nodiscard]] bool whole() const {
        for (const std::uint64_t number : numbers)
            if (number != numbers[0]) return false;
        return true;
    }
};

TEST(SequencedTest, FreshMemoryIsZero) {
    const auto cell = std::make_unique<Sequenced<Value>>();
    EXPECT_EQ(cell->load().value().numbers[63], 0U);
}

TEST(SequencedTest, ReadsWhatWasStoredLast) {
    const auto cell = std::make_unique<Sequenced<Value>>();
    cell->store(Value::of(7));
    cell->store(Value::of(8));
    EXPECT_EQ(cell->load().value().numbers[0], 8U);
}

TEST(SequencedTest, AReaderNeverSeesHalfAChange) {
    const auto cell = std::make_unique<Sequenced<Value>>();
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= 20'000; ++i) cell->store(Value::of(i));
        done = true;
    });
    std::uint64_t last = 0;
    while (!done) {
        const auto value = cell->load();
        if (!value) continue;  // always changing: allowed, a mixture is not
        EXPECT_TRUE(value->whole());
        EXPECT_GE(value->numbers[0], last);
        last = value->numbers[0];
    }
    writer.join();
    EXPECT_EQ(cell->load().value().numbers[0], 20'000U);
}

TEST(SequencedTest, AWriterThatDiedHalfWayIsToldFromAValue) {
    alignas(Sequenced<Value>) std::array<std::byte, sizeof(Sequenced<Value>)> memory{};
    auto* const cell = new (memory.data()) Sequenced<Value>();
    cell->store(Value::of(3));
    memory[0] = std::byte{3};  // an odd number: as it was when the writer was killed
    EXPECT_FALSE(cell->load().has_value());
}

}  // namespace
}  // namespace fz::telemetry
