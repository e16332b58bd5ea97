#include <algorithm>

#include "outlet.h"

namespace fz::load {
namespace {

class SocketOutlet final : public Outlet {
  public:
    SocketOutlet(Fleet& fleet, bool segment) : fleet_(fleet), segment_(segment) {}

    void begin(std::span<const Train> /*trains*/) override {}
    std::uint64_t send(std::span<const Train> batch) noexcept override {
        UdpPort& port = fleet_.port(batch.front().socket);
        if (!segment_) return port.send_one_by_one(batch);
        std::uint64_t refused = 0;
        while (!batch.empty()) {
            const std::size_t taken = port.send(batch);
            if (taken == 0) refused += batch.front().count;
            batch = batch.subspan(std::max<std::size_t>(taken, 1));
        }
        return refused;
    }
    Expected<void> end() override { return {}; }

  private:
    Fleet& fleet_;
    bool segment_;
};

}  // namespace

std::unique_ptr<Outlet> open_socket_outlet(Fleet& fleet, bool segment) {
    return std::make_unique<SocketOutlet>(fleet, segment);
}

}  // namespace fz::load
