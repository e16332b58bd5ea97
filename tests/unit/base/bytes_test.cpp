#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace fz {
namespace {

constexpr std::array<std::byte, 8> kCounting{std::byte{1}, std::byte{2}, std::byte{3},
                                             std::byte{4}, std::byte{5}, std::byte{6},
                                             std::byte{7}, std::byte{8}};

TEST(Endian, LoadsAndStoresInTheNamedOrder) {
    EXPECT_EQ(load_be<std::uint8_t>(kCounting.data()), 1);
    EXPECT_EQ(load_be<std::uint16_t>(kCounting.data()), 0x0102);
    EXPECT_EQ(load_le<std::uint16_t>(kCounting.data()), 0x0201);
    EXPECT_EQ(load_be<std::uint32_t>(kCounting.data() + 1), 0x02030405u);  // unaligned
    EXPECT_EQ(load_le<std::uint32_t>(kCounting.data() + 1), 0x05040302u);
    EXPECT_EQ(load_be<std::uint64_t>(kCounting.data()), 0x0102030405060708u);
    EXPECT_EQ(load_le<std::uint64_t>(kCounting.data()), 0x0807060504030201u);

    std::array<std::byte, 8> out{};
    store_be(out.data(), std::uint64_t{0x0102030405060708});
    EXPECT_EQ(out, kCounting);
    store_le(out.data(), std::uint64_t{0x0807060504030201});
    EXPECT_EQ(out, kCounting);
}

TEST(Reader, ReadsForward) {
    Reader reader(kCounting);
    EXPECT_EQ(reader.u8(), 1);
    EXPECT_EQ(reader.be<std::uint16_t>(), 0x0203);
    EXPECT_EQ(reader.le<std::uint16_t>(), 0x0504);
    reader.skip(1);
    EXPECT_EQ(reader.bytes(2).data(), kCounting.data() + 6);
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
}

TEST(Reader, FailureIsSticky) {
    Reader reader(kCounting);
    reader.skip(6);
    EXPECT_EQ(reader.be<std::uint32_t>(), 0u);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);  // two bytes are left and stay there
    EXPECT_TRUE(reader.bytes(1).empty());
    EXPECT_TRUE(reader.rest().empty());
    EXPECT_FALSE(reader.ok());
}

TEST(Reader, EmptyReadsSucceed) {
    Reader reader{Bytes{}};
    EXPECT_TRUE(reader.bytes(0).empty());
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
}

TEST(Reader, RestIsWhatWasNotRead) {
    Reader reader(kCounting);
    reader.skip(3);
    EXPECT_EQ(reader.rest().size(), 5u);
    reader.skip(std::size_t(-1));
    EXPECT_FALSE(reader.ok());
}

TEST(Writer, WritesForward) {
    std::array<std::byte, 8> space{};
    Writer writer(space);
    writer.u8(1);
    writer.be(std::uint16_t{0x0203});
    writer.le(std::uint16_t{0x0504});
    writer.bytes(Bytes(kCounting).subspan(5, 2));
    writer.zeros(1);
    EXPECT_TRUE(writer.ok());
    EXPECT_EQ(writer.size(), 8u);
    EXPECT_EQ(writer.written().data(), space.data());
    EXPECT_EQ(load_be<std::uint64_t>(space.data()), 0x0102030405060700u);
}

TEST(Writer, NeverWritesPastTheEndAndRemembers) {
    std::array<std::byte, 4> space{};
    Writer writer(MutBytes(space).first(3));
    writer.be(std::uint16_t{0xffff});
    writer.be(std::uint16_t{0xffff});
    EXPECT_FALSE(writer.ok());
    writer.u8(0xff);  // would fit
    EXPECT_EQ(writer.size(), 2u);
    EXPECT_EQ(load_be<std::uint32_t>(space.data()), 0xffff0000u);
}

TEST(Bytes, AreViewsOfText) {
    EXPECT_EQ(as_text(as_bytes("gateway")), "gateway");
    EXPECT_TRUE(as_text({}).empty());
}

}  // namespace
}  // namespace fz
