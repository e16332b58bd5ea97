#include "sim/network.h"

namespace fz::sim {

wire::SocketAddr Nat::outbound(const wire::SocketAddr& inside, const wire::SocketAddr& to,
                               Instant now) {
    std::erase_if(mappings_,
                  [&](const auto& entry) { return now - entry.second.used > kLifetime; });
    const std::optional<wire::SocketAddr> destination =
        mapping_ == Mapping::per_destination ? std::optional(to) : std::nullopt;
    for (auto& [port, mapped] : mappings_) {
        if (mapped.inside != inside || mapped.destination != destination) continue;
        mapped.used = now;
        mapped.admits[to] = now;
        return {outside_, port};
    }
    const std::uint16_t port = next_port_++;
    mappings_.emplace(port, Mapped{inside, destination, now, {{to, now}}});
    return {outside_, port};
}

std::optional<wire::SocketAddr> Nat::inbound(const wire::SocketAddr& from, std::uint16_t port,
                                             Instant now) const {
    const auto mapped = mappings_.find(port);
    if (mapped == mappings_.end()) return std::nullopt;
    const auto admitted = mapped->second.admits.find(from);
    if (admitted == mapped->second.admits.end()) return std::nullopt;
    if (now - admitted->second > kLifetime) return std::nullopt;
    return mapped->second.inside;
}

void Network::send(Datagram datagram, Instant now) {
    if (const auto nat = nat_of_.find(datagram.from.ip); nat != nat_of_.end())
        datagram.from = nat->second->outbound(datagram.from, datagram.to, now);
    if (blocks(datagram) || happens(quality.loss)) return;
    enqueue(datagram, now);
    if (happens(quality.duplication)) enqueue(datagram, now);
}

void Network::enqueue(const Datagram& datagram, Instant now) {
    const Duration extra{
        std::uniform_int_distribution<Duration::rep>(0, quality.jitter.count())(random_)};
    in_flight_.emplace(now + quality.latency + extra, datagram);
}

std::optional<Instant> Network::next_arrival() const {
    return in_flight_.empty() ? std::nullopt : std::optional(in_flight_.begin()->first);
}

std::optional<Datagram> Network::receive(Instant now) {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
        Datagram datagram = std::move(in_flight_.extract(in_flight_.begin()).mapped());
        const Nat* nat = nullptr;
        for (const auto& [inside, candidate] : nat_of_)
            if (candidate->outside() == datagram.to.ip) nat = candidate;
        if (nat == nullptr) return datagram;
        if (const auto inside = nat->inbound(datagram.from, datagram.to.port, now)) {
            datagram.to = *inside;
            return datagram;
        }
    }
    return std::nullopt;
}

}  // namespace fz::sim
