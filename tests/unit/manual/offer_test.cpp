#include <gtest/gtest.h>

#include "model.h"

namespace fz::manual {
namespace {

TEST(Offer, IsReadFromHowAValueIsSpelt) {
    using Kind = Offer::Kind;
    EXPECT_EQ(offer_of("auto|xdp").words, (std::vector<std::string>{"auto", "xdp"}));
    EXPECT_EQ(offer_of("[auto|xdp]").words, offer_of("auto|xdp").words);
    EXPECT_EQ(offer_of("auto|xdp").kind, Kind::words);
    EXPECT_EQ(offer_of("IF").kind, Kind::interface);
    EXPECT_EQ(offer_of("IF[,IF]").kind, Kind::interfaces);
    EXPECT_EQ(offer_of("FILE").kind, Kind::file);
    EXPECT_EQ(offer_of("[DIR]").kind, Kind::directory);
    for (const char* anything : {"URL", "[SECONDS]", "ADDRESS:PORT", ""})
        EXPECT_EQ(offer_of(anything).kind, Kind::nothing) << anything;
}

TEST(Offer, BracketsAroundAValueMakeItOptional) {
    EXPECT_TRUE(is_optional("[SECONDS]"));
    EXPECT_FALSE(is_optional("IF[,IF]"));
    EXPECT_EQ(bare("[SECONDS]"), "SECONDS");
    EXPECT_EQ(bare("IF[,IF]"), "IF[,IF]");
}

TEST(FirstSentence, LosesItsFullStop) {
    EXPECT_EQ(first_sentence("Shows it. Default: no."), "Shows it");
    EXPECT_EQ(first_sentence("Shows it."), "Shows it");
    EXPECT_EQ(first_sentence("Takes 6.9"), "Takes 6.9");
}

}  // namespace
}  // namespace fz::manual
