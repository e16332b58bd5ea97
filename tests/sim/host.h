// A machine that runs one endpoint: its loop, its TUN device, its socket.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/network.h"
#include "tunnel/endpoint.h"
#include "unit/tunnel/one_thread.h"

namespace fz::sim {

inline constexpr std::uint16_t kPort = 52625;  ///< where endpoints listen

class Host {
  public:
    Host(std::string name, const wire::IpAddr& ip, Network& network)
        : name_(std::move(name)), socket_{ip, kPort}, network_(network) {}

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const wire::SocketAddr& socket() const { return socket_; }
    [[nodiscard]] tunnel::Endpoint& endpoint() { return *endpoint_; }
    /// Starts or replaces the process; a replaced one gets no chance to say goodbye. None: it
    /// stopped.
    void run(std::unique_ptr<tunnel::Endpoint> endpoint);

    // Input, handled by the next tick.
    void deliver(Datagram datagram) { datagrams_.push_back(std::move(datagram)); }
    void hear(portal::IngressMessage message) { messages_.push_back(std::move(message)); }
    /// The system routes a packet into the TUN device.
    void route(Buffer packet) { packets_.push_back(std::move(packet)); }
    void stop() { stopping_ = true; }

    [[nodiscard]] bool is_due(Now now) const;
    [[nodiscard]] std::optional<Instant> poll_timeout() const;
    /// One turn of the loop, exactly by the endpoint's contract.
    void tick(Now now);

    /// Of its packet path, since the host exists.
    [[nodiscard]] const dataplane::Counters& counters() const { return packet_path_.counters(); }

    // Output since it was last cleared.
    std::vector<Buffer> from_tun;  ///< packets the endpoint wrote to the TUN device
    std::vector<portal::EgressMessage> to_portal;
    std::vector<tunnel::HostRequest> requests;
    std::uint64_t sent = 0;             ///< datagrams
    std::uint64_t foreign_sources = 0;  ///< datagrams the kernel refused: not our address

  private:
    void drain(Now now);
    void empty(Now now);
    void send(const std::optional<wire::SocketAddr>& source, Datagram datagram, Now now);

    const std::string name_;
    const wire::SocketAddr socket_;
    Network& network_;
    test::OneThread packet_path_;
    std::unique_ptr<tunnel::Endpoint> endpoint_;
    std::deque<Datagram> datagrams_;
    std::deque<portal::IngressMessage> messages_;
    std::deque<Buffer> packets_;
    bool stopping_ = false;
};

}  // namespace fz::sim
