#include "stun/message.h"

#include <gtest/gtest.h>

#include <string>

#include "stun/builder.h"
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

TEST(Message, ReadsTheSampleRequestOfRfc5769) {
    const auto bytes = from_hex(test::kRfc5769Request);
    const auto message = Message::parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is(Class::request, Method::binding));
    EXPECT_EQ(message->software(), "STUN test client");
    EXPECT_EQ(message->priority(), 0x6e0001ffU);
    EXPECT_EQ(message->ice_controlled(), 0x932ff9b151263b36ULL);
    EXPECT_EQ(message->username(), "evtj:h6vY");
    EXPECT_FALSE(message->use_candidate());
    EXPECT_TRUE(message->integrity_ok(short_term_key(test::kRfc5769Password)));
    EXPECT_TRUE(message->fingerprint_ok());
    EXPECT_TRUE(message->unknown_required().empty());
}

TEST(Message, ReadsTheSampleIpv4ResponseOfRfc5769) {
    const auto bytes = from_hex(test::kRfc5769ResponseV4);
    const auto message = Message::parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is(Class::success, Method::binding));
    EXPECT_EQ(message->software(), "test vector");
    EXPECT_EQ(message->xor_mapped_address(), addr("192.0.2.1:32853"));
    EXPECT_TRUE(message->integrity_ok(short_term_key(test::kRfc5769Password)));
    EXPECT_TRUE(message->fingerprint_ok());
}

TEST(Message, ReadsTheSampleIpv6ResponseOfRfc5769) {
    const auto bytes = from_hex(test::kRfc5769ResponseV6);
    const auto message = Message::parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->xor_mapped_address(), addr("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
    EXPECT_TRUE(message->integrity_ok(short_term_key(test::kRfc5769Password)));
    EXPECT_TRUE(message->fingerprint_ok());
}

TEST(Message, ReadsTheLongTermSampleOfRfc5769) {
    const auto bytes = from_hex(test::kRfc5769LongTerm);
    const auto message = Message::parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->username(), "\u30de\u30c8\u30ea\u30c3\u30af\u30b9");
    EXPECT_EQ(message->nonce(), "f//499k954d6OL34oL9FSTvy64sA");
    EXPECT_EQ(message->realm(), "example.org");
    const auto key = long_term_key(*message->username(), *message->realm(), "TheMatrIX");
    EXPECT_TRUE(message->integrity_ok(key));
    EXPECT_FALSE(message->fingerprint_ok());
}

TEST(Message, RefusesTheWrongKeyAndAnAbsentIntegrity) {
    const auto bytes = from_hex(test::kRfc5769ResponseV4);
    EXPECT_FALSE(Message::parse(bytes)->integrity_ok(short_term_key("another password")));

    wire::DatagramBytes plain;
    Builder(plain, Class::request, Method::binding, counting_id());
    const auto message = Message::parse(plain.view());
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->has_integrity());
    EXPECT_FALSE(message->integrity_ok(short_term_key("")));
    EXPECT_FALSE(message->fingerprint_ok());
}

TEST(Message, AnyFlippedBitBreaksParsingIntegrityOrFingerprint) {
    const auto original = from_hex(test::kRfc5769Request);
    for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
        auto bytes = original;
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        const auto message = Message::parse(bytes);
        if (!message) continue;
        EXPECT_FALSE(message->integrity_ok(short_term_key(test::kRfc5769Password)) &&
                     message->fingerprint_ok())
            << "bit " << bit;
    }
}

TEST(Message, RefusesTruncationAtEveryByteAndTrailingBytes) {
    for (const auto text : {test::kRfc5769Request, test::kRfc5769ResponseV6, test::kRfc5769LongTerm,
                            test::kAllocate}) {
        auto bytes = from_hex(text);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(Message::parse(Bytes(bytes).first(size))) << size;
        bytes.push_back(std::byte{0});
        EXPECT_FALSE(Message::parse(bytes));
    }
}

TEST(Message, RefusesForeignHeaders) {
    const auto original = from_hex(test::kRfc5769ResponseV4);
    const auto with = [&](std::size_t at, int value) {
        auto bytes = original;
        bytes[at] = std::byte(value);
        return Message::parse(bytes).has_value();
    };
    EXPECT_TRUE(with(0, 0x01));
    EXPECT_FALSE(with(0, 0x41)) << "top bits";
    EXPECT_FALSE(with(0, 0x81)) << "top bits";
    EXPECT_FALSE(with(3, 0x3d)) << "length not a multiple of four";
    EXPECT_FALSE(with(3, 0x38)) << "length shorter than the datagram";
    EXPECT_FALSE(with(4, 0x20)) << "cookie";
}

TEST(Message, ReadsClassAndMethodOfEveryTurnMessage) {
    const struct {
        std::uint16_t type;
        Class cls;
        Method method;
    } table[] = {
        {0x0001, Class::request, Method::binding},
        {0x0101, Class::success, Method::binding},
        {0x0111, Class::error, Method::binding},
        {0x0003, Class::request, Method::allocate},
        {0x0103, Class::success, Method::allocate},
        {0x0113, Class::error, Method::allocate},
        {0x0004, Class::request, Method::refresh},
        {0x0104, Class::success, Method::refresh},
        {0x0114, Class::error, Method::refresh},
        {0x0108, Class::success, Method::create_permission},
        {0x0009, Class::request, Method::channel_bind},
        {0x0109, Class::success, Method::channel_bind},
        {0x0119, Class::error, Method::channel_bind},
        {0x0016, Class::indication, Method::send},
        {0x0017, Class::indication, Method::data},
    };
    for (const auto& row : table) {
        wire::DatagramBytes out;
        Builder(out, row.cls, row.method, counting_id());
        EXPECT_EQ(load_be<std::uint16_t>(out.view().data()), row.type);
        const auto message = Message::parse(out.view());
        ASSERT_TRUE(message);
        EXPECT_TRUE(message->is(row.cls, row.method)) << std::hex << row.type;
        EXPECT_EQ(message->transaction_id(), counting_id());
    }
}

TEST(Message, IgnoresWhatFollowsIntegrityExceptFingerprint) {
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::binding, counting_id())
        .integrity(short_term_key("p"))
        .use_candidate()
        .attribute(0x0030, {})
        .priority(7)
        .fingerprint();
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->use_candidate());
    EXPECT_FALSE(message->priority());
    EXPECT_TRUE(message->unknown_required().empty());
    EXPECT_TRUE(message->integrity_ok(short_term_key("p")));
    EXPECT_TRUE(message->fingerprint_ok());
}

TEST(Message, IgnoresWhatFollowsFingerprint) {
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::binding, counting_id())
        .fingerprint()
        .priority(7)
        .integrity(short_term_key("p"));
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->fingerprint_ok());
    EXPECT_FALSE(message->has_integrity());
    EXPECT_FALSE(message->priority());
}

TEST(Message, ListsUnknownRequiredAndSkipsUnknownOptionalAttributes) {
    wire::DatagramBytes out;
    Builder(out, Class::success, Method::binding, counting_id())
        .attribute(0x0026, as_bytes("x"))
        .attribute(0x802b, as_bytes("origin"))
        .attribute(0x7fff, {})
        .xor_mapped_address(addr("192.0.2.1:1"));
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    const auto unknown = message->unknown_required();
    ASSERT_EQ(unknown.size(), 2U);
    EXPECT_EQ(unknown[0], 0x0026);
    EXPECT_EQ(unknown[1], 0x7fff);
    EXPECT_EQ(message->xor_mapped_address(), addr("192.0.2.1:1"));
}

TEST(Message, TakesTheFirstOfRepeatedAttributes) {
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::binding, counting_id()).priority(1).priority(2);
    EXPECT_EQ(Message::parse(out.view())->priority(), 1U);
}

TEST(Message, StripsTrailingNulsFromReasonPhrases) {
    wire::DatagramBytes out;
    Builder(out, Class::error, Method::allocate, counting_id())
        .error_code(437, std::string_view("Mismatch\0\0\0", 11));
    const auto error = Message::parse(out.view())->error_code();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, 437);
    EXPECT_EQ(error->reason, "Mismatch");
}

TEST(Message, MalformedValuesReadAsAbsent) {
    wire::DatagramBytes out;
    const auto number = [](Attribute type) { return static_cast<std::uint16_t>(type); };
    Builder(out, Class::error, Method::allocate, counting_id())
        .attribute(number(Attribute::error_code), from_hex("00000263"))
        .attribute(number(Attribute::priority), from_hex("0102"))
        .attribute(number(Attribute::lifetime), from_hex("0102030405"))
        .attribute(number(Attribute::xor_mapped_address), from_hex("0003a147e112a643"))
        .attribute(number(Attribute::xor_peer_address), from_hex("0002a147e112a643"))
        .attribute(number(Attribute::channel_number), from_hex("4000"))
        .attribute(number(Attribute::requested_address_family), from_hex("07000000"));
    const auto message = Message::parse(out.view());
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->error_code());
    EXPECT_FALSE(message->priority());
    EXPECT_FALSE(message->lifetime());
    EXPECT_FALSE(message->xor_mapped_address());
    EXPECT_FALSE(message->xor_peer_address());
    EXPECT_FALSE(message->channel_number());
    EXPECT_FALSE(message->requested_address_family());
}

TEST(Message, RefusesTextsLongerThanTheRfcAllows) {
    const std::string just_fits(508, 'u');
    const std::string too_long(509, 'u');
    const auto username = static_cast<std::uint16_t>(Attribute::username);
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::binding, counting_id())
        .attribute(username, as_bytes(just_fits));
    EXPECT_TRUE(Message::parse(out.view()));
    Builder(out, Class::request, Method::binding, counting_id())
        .attribute(username, as_bytes(too_long));
    EXPECT_FALSE(Message::parse(out.view()));
}

TEST(Message, RefusesAnIntegrityOrFingerprintOfTheWrongSize) {
    wire::DatagramBytes out;
    Builder(out, Class::request, Method::binding, counting_id())
        .attribute(static_cast<std::uint16_t>(Attribute::message_integrity), from_hex("0011"));
    EXPECT_FALSE(Message::parse(out.view()));
    Builder(out, Class::request, Method::binding, counting_id())
        .attribute(static_cast<std::uint16_t>(Attribute::fingerprint), {});
    EXPECT_FALSE(Message::parse(out.view()));
}

}  // namespace
}  // namespace fz::stun
