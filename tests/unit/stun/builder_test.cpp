#include "stun/builder.h"

#include <gtest/gtest.h>

#include <string>

#include "base/time.h"
#include "crypto/hash.h"
#include "stun/credentials.h"
#include "unit/stun/vectors.h"

namespace fz::stun {
namespace {

using test::from_hex;

wire::SocketAddr addr(std::string_view text) { return wire::SocketAddr::parse(text).value(); }

TransactionId counting_id() {
    TransactionId id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = std::byte(i + 1);
    return id;
}

std::string hex(Bytes bytes) { return crypto::to_hex(bytes); }

TEST(Builder, WritesAConnectivityCheckByteForByte) {
    wire::DatagramBytes out;
    const Builder builder = Builder(out, Class::request, Method::binding, counting_id())
                                .username("clnt:gatw")
                                .ice_controlled(1)
                                .priority(1862270719)
                                .integrity(short_term_key(test::kIcePassword))
                                .fingerprint();
    EXPECT_TRUE(builder.ok());
    EXPECT_EQ(hex(out.view()), hex(from_hex(test::kIceRequest)));
}

TEST(Builder, WritesACheckResponseByteForByte) {
    wire::DatagramBytes out;
    Builder(out, Class::success, Method::binding, counting_id())
        .xor_mapped_address(addr("192.0.2.1:32853"))
        .integrity(short_term_key(test::kIcePassword))
        .fingerprint();
    EXPECT_EQ(hex(out.view()), hex(from_hex(test::kIceResponse)));
}

TEST(Builder, WritesAnAllocateByteForByte) {
    const std::string_view username = "1685984278:uvdgKvS9GXYZ_vmv";
    const auto key =
        long_term_key(username, "firezone", "6xUIoZ+QvxKhRasLifwfRkMXl+ETLJUsFkHlXjlHAkg");
    EXPECT_EQ(hex(key), "a1628ea75a65270505a90953534885c2");

    wire::DatagramBytes out;
    Builder(out, Class::request, Method::allocate, counting_id())
        .requested_transport(17)
        .additional_address_family(wire::Family::v6)
        .username(username)
        .realm("firezone")
        .integrity(key);
    EXPECT_EQ(hex(out.view()), hex(from_hex(test::kAllocate)));
}

TEST(Builder, MasksAnIpv6AddressWithCookieAndTransactionId) {
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::channel_bind, counting_id())
        .xor_peer_address(addr("[2001:db8::1]:52625"));
    EXPECT_EQ(hex(out.view().subspan(24)), "0002ec830113a9fa0102030405060708090a0b0d");
}

TEST(Builder, EveryAttributeReadsBackAsWritten) {
    wire::DatagramBytes out;
    AttributeTypes unknown;
    unknown.push_back(0x0019);
    const Builder builder = Builder(out, Class::error, Method::allocate, counting_id())
                                .username("user")
                                .realm("realm")
                                .nonce("nonce")
                                .software("software")
                                .error_code(420, "Unknown Attribute")
                                .unknown_attributes(unknown)
                                .xor_mapped_address(addr("192.0.2.1:1"))
                                .priority(0xfffffffe)
                                .use_candidate()
                                .ice_controlled(1)
                                .ice_controlling(0xfedcba9876543210)
                                .xor_peer_address(addr("[2001:db8::2]:2"))
                                .xor_relayed_address(addr("192.0.2.3:3"))
                                .xor_relayed_address(addr("[2001:db8::3]:3"))
                                .lifetime(600s)
                                .channel_number(wire::ChannelNumber{0x4abc})
                                .data(as_bytes("payload"))
                                .requested_transport(17)
                                .requested_address_family(wire::Family::v4)
                                .additional_address_family(wire::Family::v6)
                                .address_error_code(wire::Family::v6, 440, "No v6");
    EXPECT_TRUE(builder.ok());
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->username(), "user");
    EXPECT_EQ(message->realm(), "realm");
    EXPECT_EQ(message->nonce(), "nonce");
    EXPECT_EQ(message->software(), "software");
    EXPECT_EQ(message->error_code()->code, 420);
    EXPECT_EQ(message->error_code()->reason, "Unknown Attribute");
    ASSERT_EQ(message->unknown_attributes().size(), 1U);
    EXPECT_EQ(message->unknown_attributes()[0], 0x0019);
    EXPECT_EQ(message->xor_mapped_address(), addr("192.0.2.1:1"));
    EXPECT_EQ(message->priority(), 0xfffffffeU);
    EXPECT_TRUE(message->use_candidate());
    EXPECT_EQ(message->ice_controlled(), 1U);
    EXPECT_EQ(message->ice_controlling(), 0xfedcba9876543210U);
    EXPECT_EQ(message->xor_peer_address(), addr("[2001:db8::2]:2"));
    ASSERT_EQ(message->xor_relayed_addresses().size(), 2U);
    EXPECT_EQ(message->xor_relayed_addresses()[0], addr("192.0.2.3:3"));
    EXPECT_EQ(message->xor_relayed_addresses()[1], addr("[2001:db8::3]:3"));
    EXPECT_EQ(message->lifetime(), 600s);
    EXPECT_EQ(message->channel_number(), wire::ChannelNumber{0x4abc});
    EXPECT_EQ(as_text(*message->data()), "payload");
    EXPECT_EQ(message->requested_transport(), 17);
    EXPECT_EQ(message->requested_address_family(), wire::Family::v4);
    EXPECT_EQ(message->additional_address_family(), wire::Family::v6);
    EXPECT_EQ(message->address_error_code()->family, wire::Family::v6);
    EXPECT_EQ(message->address_error_code()->error.code, 440);
    EXPECT_EQ(message->address_error_code()->error.reason, "No v6");
}

TEST(Builder, LeavesOutWhatIsTooLongAndSaysSo) {
    wire::DatagramBytes out;
    const std::string long_text(764, 'x');
    const Builder builder =
        Builder(out, Class::request, Method::binding, counting_id()).nonce(long_text).priority(1);
    EXPECT_FALSE(builder.ok());
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->nonce());
    EXPECT_EQ(message->priority(), 1U);
}

TEST(Builder, NeverOutgrowsADatagram) {
    wire::DatagramBytes out;
    const std::string text(700, 'x');
    Builder builder(out, Class::request, Method::binding, counting_id());
    builder.realm(text).nonce(text);
    EXPECT_FALSE(builder.ok());
    EXPECT_EQ(out.size(), 20U + 4U + 700U);
    EXPECT_TRUE(Message::parse(out.view()));
}

TEST(Credentials, LongTermKeyIsTheMd5OfRfc8489) {
    // RFC 8489 9.2.2: user "user", realm "realm", password "pass".
    EXPECT_EQ(hex(long_term_key("user", "realm", "pass")), "8493fbc53ba582fb4c044c456bdc40eb");
}

}  // namespace
}  // namespace fz::stun
