// One queue's thread: takes a batch where it arrives, runs it to completion, hands it out.
//
//   UDP sockets --trains--> packet path --packets--> TUN queue      no packet changes thread
//   XDP rings ---/            |     \--> mailbox --> control thread
//   UDP sockets <--trains-- packet path <--packets-- TUN queue
//
// Rings come and go while the worker runs: they are the same packets by a shorter way.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "dataplane/packet_path.h"
#include "fastpath/xsk.h"
#include "telemetry/sequenced.h"
#include "telemetry/worker_figures.h"
#include "tun/tun_queue.h"
#include "udp/udp_socket.h"
#include "worker/doorbell.h"
#include "worker/linger.h"
#include "worker/mailbox.h"
#include "worker/readiness.h"

namespace fz::worker {

/// Where one worker's packets come in and go out; all of it outlives the worker. A family without a
/// socket is nullptr.
struct Doors {
    udp::UdpSocket* udp_v4 = nullptr;
    udp::UdpSocket* udp_v6 = nullptr;
    tun::TunQueue* tun = nullptr;
};

/// Where a worker puts its figures, after each turn.
using FiguresPage = telemetry::Sequenced<telemetry::WorkerFigures>;

class Worker {
  public:
    /// `path` and `doorbell` outlive the worker. Errors: no descriptors left.
    [[nodiscard]] static Expected<std::unique_ptr<Worker>> create(Doors doors,
                                                                  dataplane::PacketPath& path,
                                                                  crypto::AeadProvider aead,
                                                                  Doorbell& doorbell);

    /// Before `run`: see Readiness.
    [[nodiscard]] Expected<void> prefer_busy_polling(Duration limit) noexcept {
        return readiness_.prefer_busy_polling(limit);
    }
    /// Before `run`: others see its figures in `page`, which outlives the worker.
    void publish_to(FiguresPage& page) noexcept { page_ = &page; }

    /// The thread's whole life; ends soon after `stop`.
    void run() noexcept;
    /// Any thread.
    void stop() noexcept;

    // The control thread.
    /// What arrives in `ring` is this worker's from now on, too. Errors: it has kMaxRings already.
    [[nodiscard]] Expected<void> open_ring(fastpath::Xsk& ring);
    /// Once this returns, the worker touches the ring no more; waits for about a batch.
    void close_ring(const fastpath::Xsk& ring) noexcept;

    /// Takes one batch from every door in `ready` (bits as below), without waiting.
    void turn(Readiness::Set ready) noexcept;

    /// The turn is over: shows its figures.
    void publish(Instant now) noexcept;

    /// Whose consumer is the control thread.
    [[nodiscard]] Mailbox& mailbox() noexcept { return mailbox_; }
    /// Exact once the thread has ended.
    [[nodiscard]] const dataplane::Counters& counters() const noexcept { return lane_->counters; }
    [[nodiscard]] const telemetry::TunWrites& tun_writes() const noexcept {
        return figures_.tun_writes;
    }

    static constexpr unsigned kUdpV4 = 0;  ///< bits of a Readiness::Set
    static constexpr unsigned kUdpV6 = 1;
    static constexpr unsigned kTun = 2;
    static constexpr unsigned kStop = 3;
    static constexpr unsigned kFirstRing = 4;
    static constexpr std::size_t kMaxRings = 60;

  private:
    Worker(Doors doors, dataplane::PacketPath& path, crypto::AeadProvider aead, Doorbell& doorbell,
           Readiness readiness, os::UniqueFd stop);

    [[nodiscard]] Readiness::Set wait() noexcept;
    /// Nothing within `limit`: empty.
    [[nodiscard]] Readiness::Set look_for(Duration limit, Instant begin) noexcept;
    void receive(udp::UdpSocket& socket, Instant now) noexcept;
    void receive(fastpath::Xsk& ring, Instant now) noexcept;
    void take(std::span<wire::IncomingTrain> trains, Instant now, telemetry::Intake& from) noexcept;
    void read_tun(Instant now) noexcept;
    void write_tun() noexcept;
    /// Sends and posts what the lane's output holds. `sender` is charged with what the socket does
    /// not take.
    void hand_out(dataplane::DirectionCounters* sender) noexcept;
    void send(udp::UdpSocket* socket, std::span<wire::OutgoingTrain> trains,
              dataplane::DirectionCounters* sender) noexcept;
    static void wait_for_room(udp::UdpSocket& socket) noexcept;
    void report(Door door, const ErrorTally& errors) noexcept;

    const Doors doors_;
    dataplane::PacketPath& path_;
    Doorbell& doorbell_;
    Readiness readiness_;
    Linger linger_;
    os::UniqueFd stop_;                                           // an eventfd
    std::array<std::atomic<fastpath::Xsk*>, kMaxRings> rings_{};  // written by control
    std::unique_ptr<dataplane::Lane> lane_;
    udp::ReceiveBuffer receive_buffer_;
    tun::ReadBuffer read_buffer_;
    telemetry::WorkerFigures figures_;  // but for `packets`, which are the lane's until published
    FiguresPage* page_ = nullptr;
    std::optional<Instant> turn_began_;
    Mailbox mailbox_;
};

}  // namespace fz::worker
