#include "wire/firezone_ranges.h"

#include <gtest/gtest.h>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::ip;

TEST(FirezoneRanges, AreDelimitedToTheBit) {
    struct Row {
        const char* address;
        bool peer;
        bool proxy;
    };
    const Row rows[] = {
        {"100.63.255.255", false, false},
        {"100.64.0.0", true, false},
        {"100.95.255.255", true, false},
        {"100.96.0.0", false, true},
        {"100.127.255.255", false, true},
        {"100.128.0.0", false, false},
        {"fd00:2021:1110:ffff:ffff:ffff:ffff:ffff", false, false},
        {"fd00:2021:1111::", true, false},
        {"fd00:2021:1111::1f:ffff", true, false},
        {"fd00:2021:1111::20:0", false, false},
        {"fd00:2021:1111:0:1::", false, false},
        {"fd00:2021:1111:8000::", false, true},
        {"fd00:2021:1111:8000::1f:ffff", false, true},
        {"fd00:2021:1111:8000::20:0", false, false},
        {"ff02::16", false, false},
        {"6440::", false, false},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(is_peer(ip(row.address)), row.peer) << row.address;
        EXPECT_EQ(is_proxy(ip(row.address)), row.proxy) << row.address;
    }
}

}  // namespace
}  // namespace fz::wire
