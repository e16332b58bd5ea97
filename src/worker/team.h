// All workers of one endpoint, each with its own sockets, TUN queue and thread.
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/expected.h"
#include "dataplane/counters.h"
#include "dataplane/packet_path.h"
#include "tun/tun_device.h"
#include "udp/udp_socket.h"
#include "worker/worker.h"

namespace fz::worker {

/// One socket per worker; empty where the family cannot be had.
struct Sockets {
    std::vector<udp::UdpSocket> v4;
    std::vector<udp::UdpSocket> v6;
};

class Team {
  public:
    /// As many workers as the device has queues and each family that is there has sockets. All
    /// arguments but `sockets` and `device` outlive the team. Their threads start with `start`.
    [[nodiscard]] static Expected<Team> create(Sockets sockets, tun::TunDevice device,
                                               dataplane::PacketPath& path,
                                               crypto::AeadProvider aead, Doorbell& doorbell);
    Team(Team&&) noexcept = default;
    /// Stops and joins.
    ~Team();

    /// Before `start`: every worker's core polls for so long before it sleeps (Readiness).
    [[nodiscard]] Expected<void> prefer_busy_polling(Duration limit) noexcept;
    /// Before `start`: worker i publishes its figures in `page_of(i)`, which outlives the team.
    template <typename PageOf>
    void publish_to(PageOf page_of) {
        for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->publish_to(page_of(i));
    }
    void start();
    void stop();

    [[nodiscard]] std::size_t size() const noexcept { return workers_.size(); }
    [[nodiscard]] std::vector<Mailbox*> mailboxes() const;
    /// What the worker counted; exact once it has stopped.
    [[nodiscard]] const Worker& worker(std::size_t i) const noexcept { return *workers_[i]; }
    [[nodiscard]] Worker& worker(std::size_t i) noexcept { return *workers_[i]; }

  private:
    Team() = default;

    std::unique_ptr<Sockets> sockets_;
    std::unique_ptr<tun::TunDevice> device_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::thread> threads_;
};

}  // namespace fz::worker
