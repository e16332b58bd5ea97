// The mode that measures how fast tunnel data comes in through one door: received, not decrypted.
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

#include "cpu_watch.h"
#include "fastpath/steering.h"
#include "fastpath/xsk.h"
#include "in_namespace.h"
#include "live_frames.h"
#include "modes.h"
#include "os/clock.h"
#include "udp/udp_socket.h"
#include "wire/checksum.h"
#include "wire/transmit.h"

namespace fz::load {
namespace {

constexpr std::uint16_t kPort = 52625;
constexpr std::uint32_t kPortion = 64;  ///< frames per call
/// Frames on their way: fewer than a veth's queue has room for (256), so that none is lost there.
constexpr std::uint64_t kWindow = 192;
constexpr Duration kLostAfter = 50ms;

/// Where the data comes in; used by one thread.
class Entrance {
  public:
    virtual ~Entrance() = default;
    [[nodiscard]] virtual int fd() const = 0;
    /// Takes what is there, without waiting; returns the number of datagrams.
    [[nodiscard]] virtual std::size_t take() = 0;
};

class SocketEntrance final : public Entrance {
  public:
    SocketEntrance(udp::UdpSocket socket, std::optional<fastpath::Steering> program)
        : socket_(std::move(socket)), program_(std::move(program)) {}
    [[nodiscard]] int fd() const override { return socket_.fd(); }
    [[nodiscard]] std::size_t take() override {
        udp::TrainBatch batch;
        static_cast<void>(socket_.receive(buffer_, batch));
        std::size_t count = 0;
        for (const wire::IncomingTrain& train : batch) count += train.count();
        return count;
    }

  private:
    udp::UdpSocket socket_;
    std::optional<fastpath::Steering> program_;
    udp::ReceiveBuffer buffer_;
};

class RingEntrance final : public Entrance {
  public:
    RingEntrance(fastpath::Steering steering, std::unique_ptr<fastpath::Xsk> ring)
        : steering_(std::move(steering)), ring_(std::move(ring)) {}
    [[nodiscard]] int fd() const override { return ring_->fd(); }
    [[nodiscard]] std::size_t take() override {
        fastpath::FrameBatch batch;
        static_cast<void>(ring_->receive(batch));
        return batch.size();
    }

  private:
    fastpath::Steering steering_;
    std::unique_ptr<fastpath::Xsk> ring_;
};

Expected<fastpath::Steering> attached_program(const FarEnd& far_end) {
    FZ_ASSIGN(auto steering, fastpath::Steering::load());
    FZ_TRY(steering.attach(::if_nametoindex(far_end.device.c_str()), fastpath::AttachMode::native));
    return steering;
}

/// With `behind_program` a program without a ring passes everything on: it keeps a veth's NAPI on,
/// which otherwise only receive offload does.
Expected<std::unique_ptr<Entrance>> open_socket(const FarEnd& far_end, bool behind_program) {
    std::optional<fastpath::Steering> program;
    if (behind_program) {
        FZ_ASSIGN(program, attached_program(far_end));
    }
    FZ_ASSIGN(auto socket, udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = kPort}));
    if (socket.port() != kPort) return Unexpected{Error("the gateway's port is taken")};
    return std::unique_ptr<Entrance>(
        std::make_unique<SocketEntrance>(std::move(socket), std::move(program)));
}

Expected<std::unique_ptr<Entrance>> open_ring(const FarEnd& far_end) {
    FZ_ASSIGN(auto steering, attached_program(far_end));
    const std::array ours{far_end.address};
    const std::array ports{kPort};
    FZ_TRY(steering.set_addresses(ours));
    FZ_TRY(steering.set_ports(ports));
    FZ_ASSIGN(auto ring, fastpath::Xsk::open(far_end.device, 0));
    FZ_TRY(steering.set_socket(0, ring->fd()));
    return std::unique_ptr<Entrance>(
        std::make_unique<RingEntrance>(std::move(steering), std::move(ring)));
}

/// As large as a full tunnel packet makes it. The checksum of UDP is left out, as if a network card
/// had verified it.
std::vector<std::byte> data_frame(const FarEnd& far_end) {
    constexpr std::size_t kMessage = wire::kMaxIpPacket + wire::kDataOverhead;
    std::vector<std::byte> frame(14 + 20 + 8 + kMessage);
    Writer out(frame);
    out.bytes(*far_end.gateway_mac);
    out.bytes(std::array<std::byte, 6>{std::byte{2}});
    out.be(std::uint16_t{0x0800});
    out.be(std::uint32_t{0x45000000 | (20 + 8 + kMessage)});
    out.be(std::uint32_t{0x00004000});  // not to be fragmented
    out.be(std::uint32_t{64U << 24 | 17U << 16});
    out.bytes(wire::IpAddr::v4(203, 0, 113, 250).bytes());
    out.bytes(far_end.address.bytes());
    out.be(std::uint16_t{40000});
    out.be(kPort);
    out.be(static_cast<std::uint16_t>(8 + kMessage));
    out.be(std::uint16_t{0});
    out.u8(4);  // WireGuard data
    store_be(frame.data() + 24, wire::internet_checksum(Bytes(frame).subspan(14, 20)));
    return frame;
}

void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    ::sched_setaffinity(0, sizeof set, &set);
}

/// Reads until told to stop, as a worker does.
void read_all(Entrance& entrance, int cpu, std::atomic<std::uint64_t>& arrived,
              const std::atomic<bool>& stop) {
    pin(cpu);
    while (!stop) {
        pollfd readable{.fd = entrance.fd(), .events = POLLIN, .revents = 0};
        ::poll(&readable, 1, 10);
        arrived += entrance.take();
    }
}

struct Outcome {
    std::uint64_t sent = 0;
    std::uint64_t lost = 0;
    double seconds = 0;
};

/// Keeps the window full; what does not arrive is written off.
Expected<Outcome> send_all(LiveFrames& frames, Duration limit,
                           const std::atomic<std::uint64_t>& arrived) {
    Outcome outcome;
    const Instant begin = os::read_monotonic_clock();
    Instant progress = begin;
    std::uint64_t seen = arrived;
    for (Instant now = begin; now - begin < limit; now = os::read_monotonic_clock()) {
        if (const std::uint64_t count = arrived; count != seen) seen = count, progress = now;
        if (outcome.sent + kPortion <= seen + outcome.lost + kWindow) {
            FZ_TRY(frames.send(kPortion));
            outcome.sent += kPortion;
        } else if (now - progress > kLostAfter) {
            outcome.lost = outcome.sent - seen;
            progress = now;
        }
    }
    outcome.seconds = std::chrono::duration<double>(os::read_monotonic_clock() - begin).count();
    return outcome;
}

}  // namespace

Expected<JsonObject> run_steer(const Options& options) {
    if (!options.far_end.gateway_mac) return Unexpected{Error("--gateway-mac is missing")};
    if (options.inject_device.empty()) return Unexpected{Error("--inject-dev is missing")};
    const bool ring = options.door == "xdp";
    FZ_ASSIGN(const auto entrance,
              in_namespace(options.far_end.netns, [&]() -> Expected<std::unique_ptr<Entrance>> {
                  return ring ? open_ring(options.far_end)
                              : open_socket(options.far_end, options.plain);
              }));
    FZ_ASSIGN(auto frames, LiveFrames::open(options.inject_device, data_frame(options.far_end)));
    std::atomic<std::uint64_t> arrived = 0;
    std::atomic<bool> stop = false;
    std::thread reader([&] { read_all(*entrance, options.reader_cpu, arrived, stop); });
    CpuWatch watch(options);
    watch.begin();
    const auto outcome = send_all(frames, options.seconds, arrived);
    watch.end();
    stop = true;
    reader.join();
    if (!outcome) return Unexpected{outcome.error()};
    JsonObject result;
    result.text("mode", "steer")
        .text("door", ring ? "xdp" : "socket")
        .count("sent", outcome->sent)
        .count("arrived", arrived.load())
        .count("lost", outcome->lost)
        .number("seconds", outcome->seconds)
        .number("pps", static_cast<double>(arrived.load()) / outcome->seconds);
    watch.describe(result);
    return result;
}

}  // namespace fz::load
