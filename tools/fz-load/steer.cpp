// The mode that measures how fast tunnel data comes in through one door: received, not decrypted.
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

#include "cpu_watch.h"
#include "fastpath/steering.h"
#include "fastpath/xsk.h"
#include "frame.h"
#include "in_namespace.h"
#include "live_frames.h"
#include "modes.h"
#include "os/clock.h"
#include "udp/udp_socket.h"
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
    explicit SocketEntrance(udp::UdpSocket socket) : socket_(std::move(socket)) {}
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

Expected<std::unique_ptr<Entrance>> open_socket() {
    FZ_ASSIGN(auto socket, udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = kPort}));
    if (socket.port() != kPort) return Unexpected{Error("the gateway's port is taken")};
    return std::unique_ptr<Entrance>(std::make_unique<SocketEntrance>(std::move(socket)));
}

Expected<std::unique_ptr<Entrance>> open_ring(const FarEnd& far_end) {
    FZ_ASSIGN(auto steering, fastpath::Steering::load());
    FZ_TRY(steering.attach(::if_nametoindex(far_end.device.c_str()), fastpath::AttachMode::native));
    const std::array ours{far_end.address};
    const std::array ports{kPort};
    FZ_TRY(steering.set_addresses(ours));
    FZ_TRY(steering.set_ports(ports));
    FZ_ASSIGN(auto ring, fastpath::Xsk::open(far_end.device, 0));
    FZ_TRY(steering.set_socket(0, ring->fd()));
    return std::unique_ptr<Entrance>(
        std::make_unique<RingEntrance>(std::move(steering), std::move(ring)));
}

/// As large as a full tunnel packet makes it.
Expected<LiveFrames> open_frames(const Options& options) {
    std::array<std::byte, wire::kMaxIpPacket + wire::kDataOverhead> message{
        std::byte{4}};  // WireGuard data
    const wire::SocketAddr sender{wire::IpAddr::v4(203, 0, 113, 250), 40000};
    FZ_ASSIGN(LiveFrames frames,
              LiveFrames::open(options.injection, 1, kFrameHeader + message.size()));
    write_frame(frames.frame(0), *options.injection.gateway_mac, sender,
                {options.far_end.address, kPort}, message);
    return frames;
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
    if (!options.injection.gateway_mac) return Unexpected{Error("--inject-mac is missing")};
    if (options.injection.device.empty()) return Unexpected{Error("--inject-dev is missing")};
    const bool ring = options.door == "xdp";
    FZ_ASSIGN(const auto entrance,
              in_namespace(options.far_end.netns, [&]() -> Expected<std::unique_ptr<Entrance>> {
                  return ring ? open_ring(options.far_end) : open_socket();
              }));
    FZ_ASSIGN(auto frames, open_frames(options));
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
        .count("packets", arrived)
        .count("lost", reader.lost())
        .number("seconds", seconds)
        .number("pps", static_cast<double>(arrived) / seconds);
    watch.describe(result);
    return result;
}

}  // namespace fz::load
