#include "options.h"

#include <gtest/gtest.h>

namespace fz::load {
namespace {

Expected<Options> parse(std::initializer_list<std::string_view> arguments) {
    const std::vector<std::string_view> list(arguments);
    return parse_options(list);
}

TEST(Options, ReadsEveryKindOfValue) {
    const auto options =
        parse({"decrypt", "--gateway", "198.51.100.2:52625", "--count", "3", "--seconds", "0.5",
               "--watch-cpus", "0,1", "--destination", "10.20.0.200", "--gateway-mac",
               "02:0a:ff:00:00:01", "--case", "udp84", "--no-gso", "--rate", "1e6"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->mode, "decrypt");
    EXPECT_EQ(options->gateway->to_string(), "198.51.100.2:52625");
    EXPECT_EQ(options->count, 3u);
    EXPECT_EQ(options->seconds, 500ms);
    EXPECT_EQ(options->watch_cpus, (std::vector<int>{0, 1}));
    EXPECT_EQ(options->far_end.address.to_string(), "10.20.0.200");
    EXPECT_EQ((*options->far_end.gateway_mac)[1], std::byte{0x0a});
    EXPECT_EQ((*options->far_end.gateway_mac)[2], std::byte{0xff});
    EXPECT_EQ(options->traffic, Traffic::udp84);
    EXPECT_FALSE(options->segment);
    EXPECT_EQ(options->rate, 1e6);
}

TEST(Options, RefusesWhatItDoesNotKnow) {
    EXPECT_FALSE(parse({}));
    EXPECT_FALSE(parse({"decrypt", "--fast"}));
    EXPECT_FALSE(parse({"decrypt", "--count"}));
    EXPECT_FALSE(parse({"decrypt", "--count", "many"}));
    EXPECT_FALSE(parse({"decrypt", "--count", "1x"}));
    EXPECT_FALSE(parse({"decrypt", "--seconds", "0"}));
    EXPECT_FALSE(parse({"decrypt", "--case", "tcp2"}));
    EXPECT_FALSE(parse({"decrypt", "--per-peer", "0"}));
    EXPECT_FALSE(parse({"decrypt", "--destination", "fd00::1"}));
    EXPECT_FALSE(parse({"encrypt", "--gateway-mac", "02:0a:ff"}));
    EXPECT_FALSE(parse({"encrypt", "--watch-cpus", "0,,1"}));
}

}  // namespace
}  // namespace fz::load
