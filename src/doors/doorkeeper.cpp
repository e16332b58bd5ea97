#include "doors/doorkeeper.h"

#include <algorithm>

#include "base/log.h"
#include "doors/refusal.h"
#include "telemetry/verdict_texts.h"

namespace fz::doors {
namespace {

/// For what the kernel does not announce: another number of queues, a program that another tool has
/// detached; and for relays that came or left, which are the gateway's own news.
constexpr Duration kBetweenLooks = 1s;
/// While the host changes and changes: a look is a few system calls, and lists every address.
constexpr Duration kBetweenLooksInABurst = 20ms;
constexpr Duration kFirstPause = 1s;  ///< between two tries; doubled each time
constexpr Duration kLongestPause = 60s;
constexpr Duration kRest = 1s;  ///< of a door that was closed
/// How long workers may take to read what a detached program has left in the rings.
constexpr Duration kEmptying = 50ms;

constexpr const char* kSocketsWished = "sockets are wished for";
constexpr const char* kTriedAgain = "XDP is tried again in a moment";
constexpr const char* kNoInterface =
    "there is no default route to find an interface for XDP by: name one with --xdp-interface";

/// What has changed under an open door, if it matters to it.
std::optional<std::string> trouble(const XdpDoor& door, const std::optional<os::Interface>& now) {
    const os::Interface& opened = door.interface();
    if (!now || now->index != opened.index) return "the interface is gone";
    if (!now->up) return "the interface is down";
    if (now->receive_queues != opened.receive_queues)
        return "its number of receive queues has changed";
    if (now->mtu != opened.mtu) return "its MTU has changed";
    if (!door.steering().attached()) return "another tool has detached the XDP program";
    return std::nullopt;
}

}  // namespace

Doorkeeper::Doorkeeper(Wish wish, std::vector<std::string> interfaces,
                       std::vector<std::uint16_t> ports, worker::Team& team, os::HostWatch watch)
    : wish_(wish), by_routes_(interfaces.empty()), team_(team), watch_(std::move(watch)) {
    ours_.ports = std::move(ports);
    for (std::string& name : interfaces) places_.push_back({.name = std::move(name)});
}

Doorkeeper::~Doorkeeper() = default;

fastpath::AttachMode Doorkeeper::mode() const noexcept {
    return wish_ == Wish::xdp_generic ? fastpath::AttachMode::generic
                                      : fastpath::AttachMode::native;
}

Expected<void> Doorkeeper::open(Instant now) {
    handle_timeout(now, {});
    if (!insists()) return {};
    if (places_.empty()) return Unexpected{Error(kNoInterface)};
    for (const Place& place : places_)
        if (place.door == nullptr)
            return Unexpected{Error(place.name + " cannot have XDP: " + place.why_not)};
    return {};
}

void Doorkeeper::handle_readable(Instant now) {
    if (!watch_.drain() || wish_ == Wish::socket) return;
    FZ_LOG(debug, "the host has changed");
    next_look_ = std::min(next_look_, std::max(now, last_look_ + kBetweenLooksInABurst));
}

void Doorkeeper::handle_timeout(Instant now, std::vector<wire::SocketAddr> relays) {
    ours_.relays = std::move(relays);
    if (poll_timeout()) look(now);
}

void Doorkeeper::look(Instant now) {
    last_look_ = now;
    next_look_ = now + kBetweenLooks;
    ours_.addresses = os::host_addresses();
    if (by_routes_) follow_default_routes();
    for (Place& place : places_) look_at(place, now);
}

std::optional<Instant> Doorkeeper::poll_timeout() const noexcept {
    const bool open = std::any_of(places_.begin(), places_.end(),
                                  [](const Place& place) { return place.door != nullptr; });
    return open || wish_ != Wish::socket ? std::optional(next_look_) : std::nullopt;
}

void Doorkeeper::wish(Wish wish, Instant now) {
    wish_ = wish;
    FZ_LOG(info, "another datapath is wished for", kv("datapath", name_of(wish)));
    for (Place& place : places_) {
        place.pause = kFirstPause;
        place.next_try = now;
        if (place.door == nullptr || place.close_at) continue;
        if (auto why = objection(*place.door))
            fall_back(place, *std::move(why), place.door->interface(), now);
    }
    look(now);
}

bool Doorkeeper::as_wished(Instant now) const noexcept {
    const auto is_or_will_be = [now](const Place& place) {
        return place.door != nullptr || now < place.rests_until;
    };
    return !insists() ||
           (!places_.empty() && std::all_of(places_.begin(), places_.end(), is_or_will_be));
}

std::vector<DoorReport> Doorkeeper::report(Instant now) const {
    std::vector<DoorReport> reports;
    if (places_.empty())
        reports.push_back({.why_not = wish_ == Wish::socket ? kSocketsWished : kNoInterface});
    for (const Place& place : places_) {
        if (place.door != nullptr && !place.close_at)
            reports.push_back(place.door->report());
        else if (insists() && now < place.rests_until)
            reports.push_back({.interface = place.name, .why_not = kTriedAgain});
        else
            reports.push_back({.interface = place.name, .why_not = place.why_not});
    }
    return reports;
}

std::optional<std::string> Doorkeeper::objection(const XdpDoor& door) const {
    if (wish_ == Wish::socket) return kSocketsWished;
    if (wish_ == Wish::automatic) return preference(door.interface());
    if (door.mode() != mode()) return "XDP is wished for in another mode";
    return std::nullopt;
}

void Doorkeeper::follow_default_routes() {
    for (const std::string& name : os::default_route_interfaces()) {
        const bool known = std::any_of(places_.begin(), places_.end(),
                                       [&](const Place& place) { return place.name == name; });
        if (!known) places_.push_back({.name = name});
    }
}

std::optional<std::string> Doorkeeper::preference(const os::Interface& interface) const {
    if (wish_ != Wish::automatic || !by_routes_ || interface.driver != "veth") return std::nullopt;
    // An attached program makes the other end cut every train into frames.
    return "a virtual cable hands sockets whole trains of datagrams, which is faster; --datapath "
           "xdp or --xdp-interface " +
           interface.name + " insist on XDP";
}

void Doorkeeper::look_at(Place& place, Instant now) {
    if (place.close_at && *place.close_at <= now) {
        place.close_at.reset();
        place.door.reset();
    }
    const auto interface = os::read_interface(place.name);
    if (place.door == nullptr) {
        // A refusal stands until something about the interface is different, or for a while. The
        // kernel takes a moment to let go of a queue, so a closed door rests in any case.
        const bool other = interface != place.refused_as;
        if (other) place.pause = kFirstPause;
        if (now >= place.rests_until && (other || now >= place.next_try))
            try_to_open(place, interface, now);
    } else if (!place.close_at) {
        if (auto why = trouble(*place.door, interface))
            fall_back(place, *std::move(why), interface, now);
        else if (auto told = place.door->update(ours_); !told)
            fall_back(place, told.error().to_string(), interface, now);
    }
    if (place.close_at) next_look_ = std::min(next_look_, *place.close_at);
}

void Doorkeeper::try_to_open(Place& place, const std::optional<os::Interface>& interface,
                             Instant now) {
    place.next_try = now + place.pause;
    place.pause = std::min(2 * place.pause, kLongestPause);
    place.refused_as = interface;
    std::string why;
    if (!interface) {
        os::Interface missing;
        missing.name = place.name;
        why = explain(Step::find, Error(""), missing);
    } else if (!interface->up) {
        why = "the interface is down";
    } else if (wish_ == Wish::socket) {
        why = kSocketsWished;
    } else if (auto preferred = preference(*interface)) {
        why = *std::move(preferred);
    } else if (auto door = XdpDoor::open(*interface, mode(), ours_, team_)) {
        place.door = std::move(door).value();
        place.why_not.clear();
        FZ_LOG(info, "packets come through XDP", kv("interface", place.name),
               kv("mode", name_of(place.door->mode())), kv("zero_copy", place.door->zero_copy()),
               kv("queues", place.door->queues()));
        return;
    } else {
        why = std::move(door).error().to_string();
    }
    if (why == place.why_not) return;
    FZ_LOG(info, "packets come through sockets", kv("interface", place.name), kv("why", why));
    place.why_not = std::move(why);
}

void Doorkeeper::fall_back(Place& place, std::string why,
                           const std::optional<os::Interface>& interface, Instant now) {
    FZ_LOG(info, "packets come through sockets", kv("interface", place.name), kv("why", why));
    place.why_not = std::move(why);
    place.next_try = place.rests_until = now + kRest;
    place.pause = kFirstPause;
    place.refused_as = interface;
    place.door->detach();
    place.close_at = now + kEmptying;
}

void Doorkeeper::log_totals() const {
    for (const Place& place : places_)
        if (place.door != nullptr) log_door(place.door->report());
}

void Doorkeeper::log_door(const DoorReport& door) {
    for (const RingReport& ring : door.rings) {
        std::string frames;
        for (std::size_t i = 0; i < FZ_VERDICT_COUNT; ++i)
            frames += (i > 0 ? " " : "") + std::string(telemetry::kVerdictTexts[i].name) + '=' +
                      std::to_string(ring.verdicts.frames[i]);
        FZ_LOG(info, "steering totals", kv("interface", door.interface), kv("queue", ring.queue),
               kv("frames", frames), kv("ring_full", ring.statistics.rx_ring_full),
               kv("fill_ring_empty", ring.statistics.fill_ring_empty),
               kv("rx_dropped", ring.statistics.rx_dropped));
    }
}

}  // namespace fz::doors
