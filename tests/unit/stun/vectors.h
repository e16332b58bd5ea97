// Published STUN messages, re-typed from RFC 5769 and from captures of deployed servers and agents.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace fz::stun::test {

/// Bytes of hex digits; blanks between them are free.
inline std::vector<std::byte> from_hex(std::string_view text) {
    const auto digit = [](char c) {
        return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    };
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ') {
            ++i;
            continue;
        }
        bytes.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
        i += 2;
    }
    return bytes;
}

inline constexpr std::string_view kRfc5769Password = "VOkJxbRl1RmTxUk/WvJxBt";

/// RFC 5769 2.1; its padding is blanks, not zeros.
inline constexpr std::string_view kRfc5769Request =
    "00010058 2112a442 b7e7a701bc34d686fa87dfae"
    "80220010 5354554e207465737420636c69656e74"
    "00240004 6e0001ff"
    "80290008 932ff9b151263b36"
    "00060009 6576746a3a68367659202020"
    "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004 e57a3bcf";

/// RFC 5769 2.2.
inline constexpr std::string_view kRfc5769ResponseV4 =
    "0101003c 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200008 0001a147e112a643"
    "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004 c07d4c96";

/// RFC 5769 2.3.
inline constexpr std::string_view kRfc5769ResponseV6 =
    "01010048 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004 c8fb0b4c";

/// RFC 5769 2.4: long-term credentials, no fingerprint.
inline constexpr std::string_view kRfc5769LongTerm =
    "00010060 2112a442 78ad3433c6ad72c029da412e"
    "00060012 e3839ee38388e383aae38383e382afe382b90000"
    "0015001c 662f2f3439396b3935346436 4f4c33346f4c39465354767936347341"
    "0014000b 6578616d706c652e6f726700"
    "00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666";

/// An ALLOCATE with long-term credentials and no nonce.
inline constexpr std::string_view kAllocate =
    "00030054 2112a442 0102030405060708090a0b0c"
    "00190004 11000000"
    "80000004 02000000"
    "0006001b 313638353938343237383a757664674b7653394758595a5f766d7600"
    "00140008 66697265 7a6f6e65"
    "00080014 1e4eccf209e60db9a9321f766c9f998d0171a32f";

inline constexpr std::string_view kIcePassword = "clientpassword22chars!";

/// A connectivity check of a controlled agent.
inline constexpr std::string_view kIceRequest =
    "00010044 2112a442 0102030405060708090a0b0c"
    "00060009 636c6e743a67617477000000"
    "80290008 0000000000000001"
    "00240004 6efffeff"
    "00080014 5bb66ebf04f0e332dbcb678e57207b01599ab5e8"
    "80280004 d094cc62";

/// And its answer.
inline constexpr std::string_view kIceResponse =
    "0101002c 2112a442 0102030405060708090a0b0c"
    "00200008 0001a147e112a643"
    "00080014 a015e3782e34524ea7dcd479356e8178aec170d5"
    "80280004 434cbfdf";

}  // namespace fz::stun::test
