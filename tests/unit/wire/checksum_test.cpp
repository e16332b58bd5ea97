#include "wire/checksum.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::Buffer;
using test::hex;
using test::ip;

Buffer random_bytes(std::mt19937& random, std::size_t size) {
    Buffer out(size);
    for (std::byte& byte : out) byte = static_cast<std::byte>(random() & 0xff);
    return out;
}

TEST(Checksum, OfTheExampleInRfc1071) {
    // RFC 1071 3: the sum of these words is 0xddf2.
    EXPECT_EQ(internet_checksum(hex("0001 f203 f4f5 f6f7")), 0x220d);
}

TEST(Checksum, OfNothingIsAllOnes) { EXPECT_EQ(internet_checksum({}), 0xffff); }

TEST(Checksum, AgreesWithTheSchoolbookForEveryLengthAndAlignment) {
    std::mt19937 random(1);
    const Buffer bytes = random_bytes(random, 1600);
    for (std::size_t size = 0; size < 1500; size += size < 80 ? 1 : 37)
        for (std::size_t from = 0; from < 9; ++from) {
            const Bytes part = Bytes(bytes).subspan(from, size);
            ASSERT_EQ(internet_checksum(part), test::slow_checksum(part)) << from << '+' << size;
        }
}

TEST(Checksum, CarriesFromWordsOfAllOnes) {
    const Buffer ones(1280, std::byte{0xff});
    EXPECT_EQ(internet_checksum(ones), 0);
}

TEST(Checksum, AddsUpPieces) {
    std::mt19937 random(2);
    const Buffer bytes = random_bytes(random, 61);
    const Bytes all = bytes;
    const auto word = load_be<std::uint16_t>(bytes.data());
    EXPECT_EQ(InternetChecksum{}.add(word).add(all.subspan(2, 6)).add(all.subspan(8)).finish(),
              test::slow_checksum(all));
}

TEST(Checksum, CoversThePseudoHeaderOfIpv4) {
    const Buffer segment = test::udp(53, 4000, 33);
    Buffer pseudo;
    test::append(pseudo, ip("100.64.0.1").bytes());
    test::append(pseudo, ip("10.1.2.3").bytes());
    test::append(pseudo, test::bytes_of({0, 17, 0, 41}));
    test::append(pseudo, segment);
    EXPECT_EQ(transport_checksum(ip("100.64.0.1"), ip("10.1.2.3"), 17, segment),
              test::slow_checksum(pseudo));
}

TEST(Checksum, CoversThePseudoHeaderOfIpv6) {
    const Buffer segment = test::tcp(443, 50000, 7);
    Buffer pseudo;
    test::append(pseudo, ip("fd00:2021:1111::1").bytes());
    test::append(pseudo, ip("2001:db8::ffff").bytes());
    test::append(pseudo, test::bytes_of({0, 0, 0, 27, 0, 0, 0, 6}));
    test::append(pseudo, segment);
    EXPECT_EQ(transport_checksum(ip("fd00:2021:1111::1"), ip("2001:db8::ffff"), 6, segment),
              test::slow_checksum(pseudo));
}

TEST(Checksum, UpdatesAsInTheExampleOfRfc1624) {
    // RFC 1624 4: equation 2 of RFC 1141 would give 0xffff here.
    EXPECT_EQ(updated_checksum(0xdd2f, std::uint16_t{0x5555}, std::uint16_t{0x3285}), 0x0000);
}

TEST(Checksum, UpdatedEqualsRecomputed) {
    std::mt19937 random(3);
    for (int round = 0; round < 2000; ++round) {
        Buffer bytes = random_bytes(random, 40);
        bytes[0] = std::byte{0x45};
        const std::uint16_t before = internet_checksum(bytes);
        const std::size_t size = random() % 2 == 0 ? 4 : 16;
        const std::size_t at = 2 + 2 * (random() % 8);
        const Buffer old_field(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                               bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
        const Buffer new_field = random_bytes(random, size);
        std::copy(new_field.begin(), new_field.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at));
        ASSERT_EQ(updated_checksum(before, old_field, new_field), internet_checksum(bytes));
    }
}

TEST(Checksum, AWrongOneStaysWrongByTheSameAmount) {
    Buffer bytes = hex("4500 0054 0000 4000 4001 0000 0a00 0001 0a00 0002");
    const std::uint16_t wrong = internet_checksum(bytes) ^ 0x0100;
    const std::uint16_t updated =
        updated_checksum(wrong, std::uint16_t{0x4500}, std::uint16_t{0x4503});
    bytes[1] = std::byte{0x03};
    EXPECT_NE(updated, internet_checksum(bytes));
}

}  // namespace
}  // namespace fz::wire
