#include "base/uuid.h"

#include <gtest/gtest.h>

#include <string>

namespace fz {
namespace {

constexpr std::string_view kText = "3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b11";

TEST(Uuid, ReadsEverySpelling) {
    const Uuid id = Uuid::parse(kText).value();
    EXPECT_EQ(id.bytes[0], std::byte{0x3f});
    EXPECT_EQ(id.bytes[15], std::byte{0x11});
    for (const char* text :
         {"3f1c2b907a554d1e9c0b0d2e4f6a8b11", "3F1C2B90-7A55-4D1E-9C0B-0D2E4F6A8B11",
          "{3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b11}",
          "urn:uuid:3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b11"})
        EXPECT_EQ(Uuid::parse(text), id) << text;
}

TEST(Uuid, PrintsHyphenatedLowerCase) {
    EXPECT_EQ(Uuid::parse("3F1C2B907A554D1E9C0B0D2E4F6A8B11")->to_string(), kText);
    EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, ReadsNothingElse) {
    for (const char* text :
         {"", "3f1c2b90", "3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b1",
          "3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b111", "3f1c2b9-07a55-4d1e-9c0b-0d2e4f6a8b11",
          "3f1c2b90_7a55_4d1e_9c0b_0d2e4f6a8b11", "3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b1g",
          "{3f1c2b90-7a55-4d1e-9c0b-0d2e4f6a8b11", "{3f1c2b907a554d1e9c0b0d2e4f6a8b11}",
          "urn:uuid:3f1c2b907a554d1e9c0b0d2e4f6a8b11"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, OrdersAndHashes) {
    Uuid small;
    Uuid large;
    large.bytes[0] = std::byte{1};
    EXPECT_LT(small, large);
    EXPECT_NE(std::hash<Uuid>{}(small), std::hash<Uuid>{}(large));
    EXPECT_EQ(std::hash<Uuid>{}(small), std::hash<Uuid>{}(Uuid{}));
}

}  // namespace
}  // namespace fz
