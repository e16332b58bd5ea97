#include "worker/team.h"

#include <pthread.h>

#include <string>

namespace fz::worker {
namespace {

udp::UdpSocket* at(std::vector<udp::UdpSocket>& sockets, std::size_t i) {
    return i < sockets.size() ? &sockets[i] : nullptr;
}

}  // namespace

Expected<Team> Team::create(Sockets sockets, tun::TunDevice device, dataplane::PacketPath& path,
                            crypto::AeadProvider aead, Doorbell& doorbell) {
    Team team;
    team.sockets_ = std::make_unique<Sockets>(std::move(sockets));
    team.device_ = std::make_unique<tun::TunDevice>(std::move(device));
    for (std::size_t i = 0; i < team.device_->queue_count(); ++i) {
        const Doors doors{at(team.sockets_->v4, i), at(team.sockets_->v6, i),
                          &team.device_->queue(i)};
        FZ_ASSIGN(auto worker, Worker::create(doors, path, aead, doorbell));
        team.workers_.push_back(std::move(worker));
    }
    return team;
}

Team::~Team() { stop(); }

Expected<void> Team::prefer_busy_polling(Duration limit) noexcept {
    for (const auto& worker : workers_) FZ_TRY(worker->prefer_busy_polling(limit));
    return {};
}

void Team::start() {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        Worker* const worker = workers_[i].get();
        threads_.emplace_back([worker] { worker->run(); });
        ::pthread_setname_np(threads_.back().native_handle(),
                             ("fz-worker-" + std::to_string(i)).c_str());
    }
}

void Team::stop() {
    for (const auto& worker : workers_) worker->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

std::vector<Mailbox*> Team::mailboxes() const {
    std::vector<Mailbox*> boxes;
    for (const auto& worker : workers_) boxes.push_back(&worker->mailbox());
    return boxes;
}

}  // namespace fz::worker
