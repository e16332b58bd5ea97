#include "portal/dial_outcome.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

TEST(DialOutcome, OnlyAWrongTokenAndAForeignCertificateAreFatal) {
    EXPECT_EQ(verdict_on_status(401), Verdict::fatal);
    for (const unsigned status :
         {101u, 200u, 302u, 400u, 403u, 404u, 408u, 409u, 422u, 429u, 500u, 502u, 503u, 0u, 999u})
        EXPECT_EQ(verdict_on_status(status), Verdict::retry) << status;
    EXPECT_EQ(verdict_on(DialFailure::invalid_certificate), Verdict::fatal);
    for (const auto failure : {DialFailure::name_lookup, DialFailure::tcp, DialFailure::timeout,
                               DialFailure::tls, DialFailure::upgrade})
        EXPECT_EQ(verdict_on(failure), Verdict::retry);
}

TEST(RetryAfter, ReadsSeconds) {
    EXPECT_EQ(parse_retry_after("1", UnixTime{}), 1s);
    EXPECT_EQ(parse_retry_after(" 120\t", UnixTime{}), 120s);
    EXPECT_EQ(parse_retry_after("0", UnixTime{}), 0s);
    EXPECT_EQ(parse_retry_after("99999999999999999999999", UnixTime{}), 24h);
}

TEST(RetryAfter, ReadsTheThreeSpellingsOfADate) {
    // 784111777 is the date of RFC 9110 5.6.7.
    const UnixTime now{std::chrono::seconds(784111777 - 90)};
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 90s);
    EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 1994", now), 90s);
    const UnixTime later{std::chrono::seconds(1794300000 - 90)};  // 2026-11-10 08:40:00
    EXPECT_EQ(parse_retry_after("Tuesday, 10-Nov-26 08:40:00 GMT", later), 90s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", later), 0s);
}

TEST(RetryAfter, IgnoresEverythingElse) {
    for (const char* value :
         {"", " ", "-1", "1.5", "soon", "1 2", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 99999999999 08:49:37 GMT",
          "a b c d e f g h i j k l m n"})
        EXPECT_EQ(parse_retry_after(value, UnixTime{}), std::nullopt) << value;
}

}  // namespace
}  // namespace fz::portal
