// All peers of a run and their sockets: brings them to the gateway and keeps them there.
//
// One thread drives it: `connect`, then `service` every few milliseconds while packets flow.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "crypto/random.h"
#include "load_peer.h"
#include "portal_door.h"
#include "tunnel/deadlines.h"
#include "tunnel/stun_routes.h"
#include "udp_port.h"

namespace fz::load {

struct ConnectReport {
    double seconds = 0;            ///< from the first authorisation to the last session
    double authorize_seconds = 0;  ///< of these, with an authorisation under way
};

class Fleet {
  public:
    /// WireGuard data that arrived for a peer: a message, or several of one session in a row; only
    /// the beginning of them if the peer has its socket to itself.
    using OnData = std::function<void(LoadPeer&, const Received&)>;

    /// `identities` are those introduced to the portal, from number `first` on. `copied` is what
    /// the owner wants to see of what arrives: ReceiveRoom::kHead or kWhole.
    [[nodiscard]] static Expected<std::unique_ptr<Fleet>> open(std::span<const Identity> identities,
                                                               std::size_t first,
                                                               std::size_t sockets,
                                                               const wire::SocketAddr& gateway,
                                                               std::size_t copied);

    /// Authorises in portions, connects each, and returns when every peer has a session. Errors:
    /// the portal's, or a peer that gives up.
    [[nodiscard]] Expected<ConnectReport> connect(const PortalDoor& portal);

    /// Answers checks, runs timers, and hands data to `on_data` if there is one; waits for nothing.
    /// Returns true if anything was received.
    bool service(const OnData& on_data = nullptr);
    /// The same for one socket; without timers.
    bool service_socket(std::size_t socket, const OnData& on_data);
    /// What the socket has received, to be handed to `handle`.
    [[nodiscard]] std::span<const Received> receive(std::size_t socket) noexcept {
        return ports_[socket].receive(room_);
    }
    void handle(std::size_t socket, const Received& received, const OnData& on_data);
    /// Waits until a socket can be read or a timer is due, at most `limit`.
    void wait(Duration limit) const;

    /// Sends an empty message in each peer's session: the gateway then does not take it for gone.
    void send_keepalives();
    void send_keepalive(LoadPeer& peer);

    [[nodiscard]] std::size_t size() const noexcept { return peers_.size(); }
    [[nodiscard]] LoadPeer& peer(std::size_t index) noexcept { return *peers_[index]; }
    [[nodiscard]] std::size_t sockets() const noexcept { return ports_.size(); }
    [[nodiscard]] UdpPort& port(std::size_t index) noexcept { return ports_[index]; }
    /// Peers whose gateway has asked or answered within the last `window`.
    [[nodiscard]] std::size_t heard_within(Duration window) const;

  private:
    Fleet(std::span<const Identity> identities, std::size_t first, std::size_t sockets,
          const wire::SocketAddr& gateway, std::size_t copied);
    [[nodiscard]] Expected<void> open_ports(std::size_t count);

    void start(std::size_t index, Now now);
    void add_peer(Now now);
    void begin(LoadPeer& peer, Now now);
    void handle_data(const Received& received, const OnData& on_data);
    void handle_stun(std::size_t socket, const stun::Message& message, Now now);
    void drain(LoadPeer& peer, Now now);
    void handle(LoadPeer& peer, const tunnel::ConnectionEvent& event, Now now);
    void run_timers(Now now);

    const std::vector<Identity> identities_;
    const std::size_t first_;
    const wire::SocketAddr gateway_;
    crypto::Random random_;
    std::vector<UdpPort> ports_;
    ReceiveRoom room_;
    os::UniqueFd epoll_;
    std::deque<std::unique_ptr<LoadPeer>> peers_;
    tunnel::StunRoutes routes_;
    tunnel::Deadlines<std::uint32_t> deadlines_;
    std::size_t with_session_ = 0;
    std::deque<std::size_t> given_up_;  ///< peers to be authorised and connected anew
    std::optional<Error> failure_;      ///< of the first peer that is lost for good
};

}  // namespace fz::load
