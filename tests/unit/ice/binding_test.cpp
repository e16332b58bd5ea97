#include "ice/binding.h"

#include <gtest/gtest.h>

#include "stun/credentials.h"
#include "stun/message.h"

namespace fz::ice {
namespace {

constexpr std::string_view kPassword = "clientpassword22chars!";

stun::TransactionId counted_id() {
    stun::TransactionId id;
    for (unsigned i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(i + 1);
    return id;
}

std::string hex_of(const wire::DatagramBytes& message) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::byte octet : message.view()) {
        hex += digits[std::to_integer<std::size_t>(octet >> 4)];
        hex += digits[std::to_integer<std::size_t>(octet & std::byte{15})];
    }
    return hex;
}

BindingRequest request(Role role, Purpose purpose) {
    return {.id = counted_id(),
            .username = "clnt:gatw",
            .role = role,
            .tie_breaker = 1,
            .priority = 1862270719,
            .purpose = purpose};
}

TEST(Binding, RequestMatchesTheCapturedBytesOfAGateway) {
    const auto bytes =
        write_request(request(Role::controlled, Purpose::check), stun::short_term_key(kPassword));
    ASSERT_TRUE(bytes);
    EXPECT_EQ(hex_of(*bytes),
              "000100442112a4420102030405060708090a0b0c"
              "00060009636c6e743a67617477000000"
              "802900080000000000000001"
              "002400046efffeff"
              "000800145bb66ebf04f0e332dbcb678e57207b01599ab5e8"
              "80280004d094cc62");
}

TEST(Binding, AnswerMatchesTheCapturedBytesOfAGateway) {
    const auto bytes = write_success(counted_id(), {wire::IpAddr::v4(192, 0, 2, 1), 32853},
                                     stun::short_term_key(kPassword));
    EXPECT_EQ(hex_of(bytes),
              "0101002c2112a4420102030405060708090a0b0c"
              "002000080001a147e112a643"
              "00080014a015e3782e34524ea7dcd479356e8178aec170d5"
              "80280004434cbfdf");
}

TEST(Binding, NominationPrecedesIntegrity) {
    const auto bytes = write_request(request(Role::controlling, Purpose::nominate),
                                     stun::short_term_key(kPassword));
    ASSERT_TRUE(bytes);
    const auto message = stun::Message::parse(bytes->view());
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->use_candidate());
    EXPECT_EQ(message->ice_controlling(), 1U);
    EXPECT_FALSE(message->ice_controlled());
    EXPECT_TRUE(message->integrity_ok(stun::short_term_key(kPassword)));
    EXPECT_TRUE(message->fingerprint_ok());
}

TEST(Binding, RoleConflictIsASignedError) {
    const auto bytes = write_role_conflict(counted_id(), stun::short_term_key(kPassword));
    const auto message = stun::Message::parse(bytes.view());
    ASSERT_TRUE(message && message->error_code());
    EXPECT_EQ(message->error_code()->code, 487);
    EXPECT_TRUE(message->integrity_ok(stun::short_term_key(kPassword)));
}

TEST(Binding, RefusesAnOversizedUsername) {
    const std::string huge(600, 'x');
    BindingRequest made = request(Role::controlled, Purpose::check);
    made.username = huge;
    EXPECT_FALSE(write_request(made, stun::short_term_key(kPassword)));
}

}  // namespace
}  // namespace fz::ice
