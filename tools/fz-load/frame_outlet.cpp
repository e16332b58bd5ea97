#include <atomic>
#include <bit>
#include <future>

#include "frame.h"
#include "live_frames.h"
#include "outlet.h"

namespace fz::load {
namespace {

class FrameOutlet final : public Outlet {
  public:
    FrameOutlet(Fleet& fleet, LiveFrames frames, const MacAddress& gateway_mac,
                const wire::SocketAddr& gateway, std::uint64_t most_waiting)
        : fleet_(fleet),
          frames_(std::move(frames)),
          gateway_mac_(gateway_mac),
          gateway_(gateway),
          most_waiting_(most_waiting) {}
    ~FrameOutlet() override { static_cast<void>(end()); }

    void begin(std::span<const Train> trains) override {
        std::size_t number = allowed_;
        for (const Train& train : trains) number = lay_out(train, number);
        ended_ = false;
        running_ = std::async(std::launch::async, [this] { return run(); });
    }
    std::uint64_t send(std::span<const Train> batch) noexcept override {
        std::uint64_t refused = 0;
        for (const Train& train : batch) {
            if (allowed_ + train.count - frames_.sent() > most_waiting_)
                refused += train.count;
            else
                allowed_ += train.count;
        }
        frames_.allow_up_to(allowed_);
        return refused;
    }
    Expected<void> end() override {
        ended_ = true;
        return running_.valid() ? running_.get() : Expected<void>{};
    }

  private:
    /// Returns the number of the frame after the train's last.
    std::size_t lay_out(const Train& train, std::size_t number) {
        for (std::size_t i = 0; i < train.count; ++i) {
            write_frame(frames_.frame(number++), gateway_mac_, fleet_.port(train.socket).local(),
                        gateway_, Bytes(train.data + i * train.segment, train.segment));
        }
        return number;
    }
    Expected<void> run() {
        while (!ended_) FZ_TRY(frames_.run());
        return {};
    }

    Fleet& fleet_;
    LiveFrames frames_;
    MacAddress gateway_mac_;
    wire::SocketAddr gateway_;
    std::uint64_t most_waiting_;
    std::uint64_t allowed_ = 0;
    std::atomic<bool> ended_ = true;
    std::future<Expected<void>> running_;
};

}  // namespace

Expected<std::unique_ptr<Outlet>> open_frame_outlet(Fleet& fleet, const Injection& where,
                                                    const wire::SocketAddr& gateway,
                                                    std::size_t packets, std::size_t datagram_size,
                                                    std::uint64_t most_waiting) {
    if (!where.gateway_mac) return Unexpected{Error("--inject-mac is missing")};
    FZ_ASSIGN(LiveFrames frames,
              LiveFrames::open(where, std::bit_ceil(packets), kFrameHeader + datagram_size));
    return std::unique_ptr<Outlet>(std::make_unique<FrameOutlet>(
        fleet, std::move(frames), *where.gateway_mac, gateway, most_waiting));
}

}  // namespace fz::load
