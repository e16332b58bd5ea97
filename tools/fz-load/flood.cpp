// The mode that puts worthless frames on the gateway's cable, as fast as they go.
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "frame.h"
#include "live_frames.h"
#include "modes.h"
#include "os/clock.h"
#include "udp/udp_socket.h"
#include "wire/checksum.h"

namespace fz::load {
namespace {

using Frame = std::vector<std::byte>;

constexpr std::size_t kFrames = 256;  ///< different ones
constexpr std::size_t kEthernet = 14, kIp = kEthernet, kUdp = kIp + 20;
constexpr std::size_t kIpLength = kIp + 2, kIpFragment = kIp + 6, kIpChecksum = kIp + 10;
constexpr std::size_t kUdpLength = kUdp + 4;
constexpr std::size_t kMessage = 96;  ///< bytes, of WireGuard data
constexpr std::uint32_t kFramesPerCut = 20'000;

/// What looks like WireGuard data for a session that nobody has.
Frame data_for(std::size_t number) {
    Frame message(kMessage, std::byte{0x5a});
    store_le(message.data(), std::uint32_t{4});
    store_le(message.data() + 4, static_cast<std::uint32_t>(0xfedc0000 + number));
    store_le(message.data() + 8, std::uint64_t{number});
    return message;
}

Frame in_channel(const Frame& message) {
    Frame framed(4);
    store_be(framed.data(), std::uint16_t{0x4001});
    store_be(framed.data() + 2, static_cast<std::uint16_t>(message.size()));
    framed.insert(framed.end(), message.begin(), message.end());
    return framed;
}

/// Sender `number` of many.
Frame frame_to(const Options& options, const wire::IpAddr& destination, std::size_t number,
               const Frame& datagram) {
    Frame frame(kFrameHeader + datagram.size());
    const wire::SocketAddr sender{
        wire::IpAddr::v4(203, 0, 113, static_cast<std::uint8_t>(1 + number % 250)),
        static_cast<std::uint16_t>(20000 + number)};
    write_frame(frame, *options.injection.gateway_mac, sender, {destination, udp::kDefaultPort},
                datagram);
    return frame;
}

void put16(Frame& frame, std::size_t at, std::size_t value) {
    store_be(frame.data() + at, static_cast<std::uint16_t>(value));
}

void put_ip_checksum(Frame& frame) {
    put16(frame, kIpChecksum, 0);
    put16(frame, kIpChecksum, wire::internet_checksum(Bytes(frame).subspan(kIp, kUdp - kIp)));
}

/// The IP packet, or the datagram in it, says that it is longer than its frame.
Frame with_wrong_length(Frame frame, std::size_t number) {
    const std::size_t beyond = frame.size() + 1 + number;
    if (number % 2 == 0)
        put16(frame, kIpLength, beyond - kEthernet);
    else
        put16(frame, kUdpLength, beyond - kUdp);
    put_ip_checksum(frame);
    return frame;
}

Frame as_first_fragment(Frame frame) {
    put16(frame, kIpFragment, 0x2000);  // more follow
    put_ip_checksum(frame);
    return frame;
}

using Maker = Frame (*)(const Options&, std::size_t number);

const std::map<std::string_view, Maker> kKinds{
    {"unknown-index", [](const Options& o,
                         std::size_t i) { return frame_to(o, o.far_end.address, i, data_for(i)); }},
    {"spoofed-relay",
     [](const Options& o, std::size_t i) {
         return frame_to(o, o.far_end.address, i, in_channel(data_for(i)));
     }},
    {"other-host",
     [](const Options& o, std::size_t i) {
         return frame_to(o, wire::IpAddr::v4(198, 18, 0, 1), i, data_for(i));
     }},
    {"lengths",
     [](const Options& o, std::size_t i) {
         return with_wrong_length(frame_to(o, o.far_end.address, i, data_for(i)), i);
     }},
    {"fragments",
     [](const Options& o, std::size_t i) {
         return as_first_fragment(frame_to(o, o.far_end.address, i, data_for(i)));
     }},
    {"truncated", [](const Options& o,
                     std::size_t i) { return frame_to(o, o.far_end.address, i, data_for(i)); }},
};

/// Sends `count` of these frames, all of one size, over and over; returns how many left.
Expected<std::uint64_t> send(const Options& options, std::span<const Frame> frames,
                             std::size_t size, std::uint32_t count) {
    FZ_ASSIGN(LiveFrames live, LiveFrames::open(options.injection, frames.size(), size));
    for (std::size_t i = 0; i < frames.size(); ++i)
        std::copy_n(frames[i].begin(), size, live.frame(i).begin());
    live.allow_up_to(count);
    FZ_TRY(live.run(count));
    return live.sent();
}

}  // namespace

Expected<JsonObject> run_flood(const Options& options) {
    const auto kind = kKinds.find(options.flood);
    if (kind == kKinds.end()) return Unexpected{Error("no flood is called " + options.flood)};
    if (!options.injection.gateway_mac) return Unexpected{Error("--inject-mac is missing")};
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < kFrames; ++i) frames.push_back(kind->second(options, i));
    const bool cut = kind->first == "truncated";
    std::size_t size = cut ? kEthernet : frames.front().size();
    const Instant begin = os::read_monotonic_clock();
    std::uint64_t sent = 0;
    do {
        FZ_ASSIGN(const std::uint64_t more, send(options, frames, size, kFramesPerCut));
        sent += more;
        if (cut) size = size + 1 < frames.front().size() ? size + 1 : kEthernet;
    } while (os::read_monotonic_clock() - begin < options.seconds);
    JsonObject result;
    result.text("mode", "flood")
        .text("kind", kind->first)
        .count("sent", sent)
        .number("seconds",
                std::chrono::duration<double>(os::read_monotonic_clock() - begin).count());
    return result;
}

}  // namespace fz::load
