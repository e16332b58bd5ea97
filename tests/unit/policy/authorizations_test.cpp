#include "policy/authorizations.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/policy/resources.h"

namespace fz::policy {
namespace {

using test::allow_tcp;
using test::cidr;
using test::from_client;
using test::id;
using test::kClient;
using test::kGateway;
using test::kTcp;
using test::tcp;

constexpr UnixSeconds kNoon{1'700'000'000s};

Verdict to(const Authorizations& grants, const char* dst, std::size_t port) {
    return test::outbound(grants.compile(kClient, kGateway),
                          from_client(dst, kTcp, tcp(50000, port)));
}

TEST(Authorizations, GrantAndRemove) {
    Authorizations grants;
    EXPECT_TRUE(grants.empty());
    grants.authorize(cidr(1, "10.0.0.0/8"), std::nullopt);
    EXPECT_TRUE(grants.contains(id(1)));
    EXPECT_EQ(to(grants, "10.0.0.1", 80), Verdict::forward);
    EXPECT_TRUE(grants.remove(id(1)));
    EXPECT_FALSE(grants.remove(id(1)));
    EXPECT_TRUE(grants.empty());
    EXPECT_EQ(to(grants, "10.0.0.1", 80), Verdict::no_resource);
}

TEST(Authorizations, WhatAnEnclosingResourcePermitsOutlivesARemoval) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}), std::nullopt);
    grants.authorize(cidr(2, "10.1.0.0/16", {allow_tcp(443, 443)}), std::nullopt);
    grants.remove(id(2));
    EXPECT_EQ(to(grants, "10.1.0.1", 80), Verdict::forward);
    EXPECT_EQ(to(grants, "10.1.0.1", 443), Verdict::filtered);
}

TEST(Authorizations, ExpireAtTheInstantItself) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8"), kNoon);
    EXPECT_FALSE(grants.expire(kNoon - 1ns));
    EXPECT_TRUE(grants.contains(id(1)));
    EXPECT_TRUE(grants.expire(kNoon));
    EXPECT_TRUE(grants.empty());
    EXPECT_FALSE(grants.expire(kNoon + 1h));
}

TEST(Authorizations, ExpireOneByOne) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8"), kNoon + 20s);
    grants.authorize(cidr(2, "11.0.0.0/8"), kNoon + 10s);
    grants.authorize(cidr(3, "12.0.0.0/8"), std::nullopt);
    EXPECT_EQ(grants.next_expiry(), kNoon + 10s);
    EXPECT_TRUE(grants.expire(kNoon + 10s));
    EXPECT_FALSE(grants.contains(id(2)));
    EXPECT_EQ(grants.next_expiry(), kNoon + 20s);
    EXPECT_TRUE(grants.expire(kNoon + 1h));
    EXPECT_EQ(grants.next_expiry(), std::nullopt);
    EXPECT_EQ(grants.size(), 1u);
    EXPECT_FALSE(grants.expire(kNoon + 24h * 365));
}

TEST(Authorizations, ARenewalReplacesExpiryFiltersAndTarget) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}), kNoon);
    grants.authorize(cidr(1, "11.0.0.0/8", {allow_tcp(443, 443)}), kNoon + 1h);
    EXPECT_EQ(grants.size(), 1u);
    EXPECT_FALSE(grants.expire(kNoon));
    EXPECT_EQ(to(grants, "11.0.0.1", 443), Verdict::forward);
    EXPECT_EQ(to(grants, "11.0.0.1", 80), Verdict::filtered);
    EXPECT_EQ(to(grants, "10.0.0.1", 80), Verdict::no_resource);
    grants.authorize(cidr(1, "11.0.0.0/8"), std::nullopt);
    EXPECT_EQ(grants.next_expiry(), std::nullopt);
}

TEST(Authorizations, ARenewalMayShortenTheExpiry) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8"), kNoon + 1h);
    grants.authorize(cidr(1, "10.0.0.0/8"), kNoon);
    EXPECT_TRUE(grants.expire(kNoon));
}

TEST(Authorizations, UpdateFiltersOfAKnownResourceOnly) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}), kNoon);
    EXPECT_TRUE(grants.update_filters(id(1), {allow_tcp(81, 81)}));
    EXPECT_FALSE(grants.update_filters(id(1), {allow_tcp(81, 81)}));
    EXPECT_FALSE(grants.update_filters(id(2), {}));
    EXPECT_FALSE(grants.contains(id(2)));
    EXPECT_EQ(to(grants, "10.0.0.1", 80), Verdict::filtered);
    EXPECT_EQ(to(grants, "10.0.0.1", 81), Verdict::forward);
    EXPECT_EQ(grants.next_expiry(), kNoon);
}

TEST(Authorizations, SetExpiryOfAKnownResourceOnly) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8"), std::nullopt);
    EXPECT_TRUE(grants.set_expiry(id(1), kNoon));
    EXPECT_FALSE(grants.set_expiry(id(2), kNoon));
    EXPECT_EQ(grants.next_expiry(), kNoon);
    EXPECT_TRUE(grants.set_expiry(id(1), std::nullopt));
    EXPECT_EQ(grants.next_expiry(), std::nullopt);
}

TEST(Authorizations, RetainRemovesWhatIsNotListed) {
    Authorizations grants;
    for (int i = 1; i <= 3; ++i) grants.authorize(cidr(i, "10.0.0.0/8"), std::nullopt);
    const std::array listed{id(3), id(1), id(9)};
    EXPECT_TRUE(grants.retain(listed));
    EXPECT_FALSE(grants.retain(listed));
    EXPECT_FALSE(grants.contains(id(2)));
    EXPECT_FALSE(grants.contains(id(9)));
    EXPECT_EQ(grants.size(), 2u);
    EXPECT_TRUE(grants.retain({}));
    EXPECT_TRUE(grants.empty());
}

TEST(Authorizations, DnsResourcesAreKeptAndReachNothing) {
    Authorizations grants;
    grants.authorize(test::dns(1), kNoon);
    EXPECT_FALSE(grants.empty());
    EXPECT_EQ(to(grants, "100.96.0.1", 80), Verdict::no_resource);
    EXPECT_EQ(to(grants, "10.0.0.1", 80), Verdict::no_resource);
    EXPECT_TRUE(grants.expire(kNoon));
}

TEST(Authorizations, ACompiledAccessDoesNotChangeAfterwards) {
    Authorizations grants;
    grants.authorize(cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}), std::nullopt);
    const Access before = grants.compile(kClient, kGateway);
    grants.remove(id(1));
    EXPECT_EQ(test::outbound(before, from_client("10.0.0.1", kTcp, tcp(1, 80))), Verdict::forward);
}

}  // namespace
}  // namespace fz::policy
