// Which door the network's packets come through, interface by interface, and why.
//
// Sockets are always open; an interface that can have XDP gets it, and falls back to the sockets by
// itself when it cannot have it any more: sessions and flows live on, because they never belonged
// to a door. Looks at the host as soon as the kernel says that it has changed, and once a second
// for what the kernel does not announce; the control thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "doors/door_report.h"
#include "doors/wish.h"
#include "doors/xdp_door.h"
#include "os/host_watch.h"

namespace fz::doors {

class Doorkeeper {
  public:
    /// `interfaces` without any: those of the default routes, as they are at each look. The team
    /// outlives the keeper.
    Doorkeeper(Wish wish, std::vector<std::string> interfaces, std::vector<std::uint16_t> ports,
               worker::Team& team, os::HostWatch watch);
    ~Doorkeeper();
    Doorkeeper(const Doorkeeper&) = delete;
    Doorkeeper& operator=(const Doorkeeper&) = delete;

    /// Errors: XDP is a must and an interface cannot have it: the sentence says why.
    [[nodiscard]] Expected<void> open(Instant now);
    /// Readable when the host may have changed.
    [[nodiscard]] int fd() const noexcept { return watch_.fd(); }
    /// Makes the next look come at once if the host has changed; soon, in a burst of changes.
    void handle_readable(Instant now);
    /// Looks at the host; `relays` are the sockets whose ChannelData is ours.
    void handle_timeout(Instant now, std::vector<wire::SocketAddr> relays);
    /// From now on. Doors that are no longer wanted close, wanted ones open: at once, but for those
    /// that were closed a moment ago. Where XDP cannot be had sockets stay, until it can.
    void wish(Wish wish, Instant now);
    [[nodiscard]] Wish wish() const noexcept { return wish_; }
    /// Every interface comes through what is wished for, or will in a moment.
    [[nodiscard]] bool as_wished(Instant now) const noexcept;
    /// One for each interface; at least one.
    [[nodiscard]] std::vector<DoorReport> report(Instant now) const;
    /// Nothing while there is nothing to look after.
    [[nodiscard]] std::optional<Instant> poll_timeout() const noexcept;

    /// Exact once the workers have stopped.
    void log_totals() const;

  private:
    /// One interface. Without a door its packets come through the sockets.
    struct Place {
        std::string name;
        std::unique_ptr<XdpDoor> door = {};
        std::string why_not = {};                      ///< as it was logged
        std::optional<os::Interface> refused_as = {};  ///< how it was then
        Duration pause = {};                           ///< after the next refusal
        Instant next_try = {};
        Instant rests_until = {};
        std::optional<Instant> close_at = {};  ///< detached; the rings are being emptied
    };

    void follow_default_routes();
    /// Why sockets are the better choice here, if nobody asked for XDP in particular.
    [[nodiscard]] std::optional<std::string> preference(const os::Interface& interface) const;
    /// Why an open door is not what is wished for, if so.
    [[nodiscard]] std::optional<std::string> objection(const XdpDoor& door) const;
    void look(Instant now);
    void look_at(Place& place, Instant now);
    void try_to_open(Place& place, const std::optional<os::Interface>& interface, Instant now);
    static void fall_back(Place& place, std::string why,
                          const std::optional<os::Interface>& interface, Instant now);
    static void log_door(const DoorReport& door);
    [[nodiscard]] bool insists() const noexcept {
        return wish_ == Wish::xdp || wish_ == Wish::xdp_generic;
    }
    [[nodiscard]] fastpath::AttachMode mode() const noexcept;

    Wish wish_;
    bool by_routes_;  ///< nobody named interfaces
    worker::Team& team_;
    os::HostWatch watch_;
    Ours ours_;
    std::vector<Place> places_;
    Instant last_look_{};
    Instant next_look_{};
};

}  // namespace fz::doors
