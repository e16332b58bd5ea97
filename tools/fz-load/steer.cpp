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

constexpr std::uint16_t kPort = udp::kDefaultPort;
/// Frames on their way: fewer than a veth's queue has room for (256), so that none is lost there.
constexpr std::uint64_t kWindow = 192;
constexpr int kLostAfterMs = 50;

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

/// Takes in whatever arrives, as a worker does, and lets as much follow; a thread of its own, from
/// construction to destruction.
class Reader {
  public:
    Reader(Entrance& entrance, LiveFrames& frames, int cpu)
        : entrance_(entrance), frames_(frames), thread_([this, cpu] {
              pin(cpu);
              while (!stopped_) read();
          }) {}
    ~Reader() {
        stopped_ = true;
        thread_.join();
    }
    [[nodiscard]] std::uint64_t arrived() const noexcept { return arrived_; }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

  private:
    void read() {
        frames_.allow_up_to(arrived_ + lost_ + kWindow);
        pollfd readable{.fd = entrance_.fd(), .events = POLLIN, .revents = 0};
        if (::poll(&readable, 1, kLostAfterMs) == 0) lost_ = frames_.sent() - arrived_;
        arrived_ += entrance_.take();
    }

    Entrance& entrance_;
    LiveFrames& frames_;
    std::atomic<std::uint64_t> arrived_ = 0;
    std::atomic<std::uint64_t> lost_ = 0;
    std::atomic<bool> stopped_ = false;
    std::thread thread_;
};

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
    CpuWatch watch(options);
    watch.begin();
    const Instant begin = os::read_monotonic_clock();
    Reader reader(*entrance, frames, options.reader_cpu);
    while (os::read_monotonic_clock() - begin < options.seconds) FZ_TRY(frames.run());
    watch.end();
    const std::uint64_t arrived = reader.arrived();
    const double seconds =
        std::chrono::duration<double>(os::read_monotonic_clock() - begin).count();
    JsonObject result;
    result.text("mode", "steer")
        .text("door", ring ? "xdp" : "socket")
        .count("sent", frames.sent())
        .count("arrived", arrived)
        .count("lost", reader.lost())
        .number("seconds", seconds)
        .number("pps", static_cast<double>(arrived) / seconds);
    watch.describe(result);
    return result;
}

}  // namespace fz::load
