#include "crypto/hmac_sha256.h"

#include <gtest/gtest.h>

namespace fz::crypto {
namespace {

// RFC 4231 sections 4.3 and 4.7.
TEST(HmacSha256, MatchesThePublishedVectors) {
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const std::string long_key(131, '\xaa');
    EXPECT_EQ(
        to_hex(hmac_sha256(as_bytes(long_key),
                           as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace fz::crypto
