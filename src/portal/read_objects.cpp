#include "portal/read_objects.h"

#include <optional>
#include <string>

namespace fz::portal {
namespace {

/// One entry of a filter list; nothing for a range that contains no port.
std::optional<policy::Filter> read_filter(const Fields& in) {
    const auto protocol = in.get<std::string>("protocol");
    policy::Filter filter;
    if (protocol == "icmp") return filter;
    if (protocol == "tcp") {
        filter.protocol = policy::FilterProtocol::tcp;
    } else if (protocol == "udp") {
        filter.protocol = policy::FilterProtocol::udp;
    } else {
        in.reject("protocol");
        return std::nullopt;
    }
    filter.first_port = in.maybe<std::uint16_t>("port_range_start").value_or(0);
    filter.last_port = in.maybe<std::uint16_t>("port_range_end").value_or(65535);
    if (filter.first_port > filter.last_port) return std::nullopt;
    return filter;
}

std::vector<policy::Filter> read_filters(const Fields& resource) {
    std::vector<policy::Filter> filters;
    const Json* array = resource.array("filters");
    if (array == nullptr) return filters;
    filters.reserve(array->Size());
    Trouble trouble;
    for (const Json& json : array->GetArray())
        if (const auto filter = read_filter(Fields{&json, "filters", trouble}))
            filters.push_back(*filter);
    // An empty list permits everything, so ranges without a port may be left out only while another
    // filter stays.
    if (trouble || (filters.empty() && !array->Empty())) resource.reject("filters");
    return filters;
}

struct RelayEntry {
    enum class Kind : std::uint8_t { turn, stun } kind = Kind::stun;
    RelayId id;
    wire::SocketAddr addr;
    std::string username;
    std::string password;
    UnixSeconds expires_at;
};

RelayEntry read_relay(const Json& json, Trouble& trouble) {
    const Fields in{&json, "relay", trouble};
    const auto type = in.get<std::string>("type");
    RelayEntry entry;
    entry.id = in.get<RelayId>("id");
    entry.addr = in.get<wire::SocketAddr>("addr");
    if (type == "turn") {
        entry.kind = RelayEntry::Kind::turn;
        entry.username = in.get<std::string>("username");
        entry.password = in.get<std::string>("password");
        entry.expires_at = in.get<UnixSeconds>("expires_at");
    } else if (type != "stun") {
        in.reject("type");
    }
    return entry;
}

}  // namespace

IceCredentials read_ice_credentials(const Fields& in) {
    return {in.get<std::string>("username"), in.get<std::string>("password")};
}

TunnelAddresses read_addresses(const Fields& in, std::string_view v4_key, std::string_view v6_key) {
    const TunnelAddresses addresses{in.get<wire::IpAddr>(v4_key), in.get<wire::IpAddr>(v6_key)};
    if (!addresses.v4.is_v4()) in.reject(v4_key);
    if (!addresses.v6.is_v6()) in.reject(v6_key);
    return addresses;
}

Interface read_interface(const Fields& in) {
    const auto read_dns = [](const Json& json, Trouble& trouble) {
        return Fields{&json, "upstream_dns", trouble}.get<wire::SocketAddr>("address");
    };
    return {read_addresses(in, "ipv4", "ipv6"),
            read_each(in.maybe_array("upstream_dns"), "upstream_dns", read_dns),
            in.maybe<std::string>("search_domain")};
}

decltype(policy::Resource::target) read_target(const Fields& in) {
    const auto type = in.get<std::string>("type");
    if (type == "internet") return policy::InternetTarget{};
    if (type == "dns") return policy::DnsTarget{in.get<std::string>("address")};
    if (type == "cidr") {
        if (const auto network = wire::Cidr::parse(in.get<std::string>("address")))
            return policy::CidrTarget{*network};
        in.reject("address");
    }
    in.reject("type");
    return policy::InternetTarget{};
}

policy::Resource read_resource(const Fields& in) {
    policy::Resource resource{.id = in.get<policy::ResourceId>("id"),
                              .name = {},
                              .target = read_target(in),
                              .filters = {}};
    if (std::holds_alternative<policy::InternetTarget>(resource.target)) return resource;
    resource.name = in.get<std::string>("name");
    resource.filters = read_filters(in);
    return resource;
}

std::vector<Relay> read_relays(const Json* array) {
    std::vector<Relay> relays;
    for (RelayEntry& entry : read_each(array, "relays", read_relay)) {
        if (entry.kind == RelayEntry::Kind::stun) continue;  // a TURN server answers that too
        if (relays.empty() || relays.back().id != entry.id)
            relays.push_back({entry.id, {}, {}, {}, {}});
        Relay& relay = relays.back();
        auto& addr = relay.addr.of(entry.addr.family());
        if (addr && *addr != entry.addr) {
            FZ_LOG(warn, "relay listed twice for one family", kv("relay", entry.id));
            continue;
        }
        addr = entry.addr;
        relay.username = std::move(entry.username);
        relay.password = std::move(entry.password);
        relay.expires_at = entry.expires_at;
    }
    return relays;
}

std::vector<Candidate> read_candidates(const Json* array) {
    return read_each(array, "candidates", [](const Json& json, Trouble& trouble) {
        std::optional<Candidate> candidate;
        scalar(json, candidate);
        if (!candidate) trouble.at("candidates");
        return std::move(candidate).value_or(Candidate{});
    });
}

RelaysPresence read_relays_presence(const Fields& in) {
    const auto read_id = [](const Json& json, Trouble& trouble) {
        std::optional<RelayId> id;
        scalar(json, id);
        if (!id) trouble.at("disconnected_ids");
        return id.value_or(RelayId{});
    };
    return {read_each(in.array("disconnected_ids"), "disconnected_ids", read_id),
            read_relays(in.array("connected"))};
}

}  // namespace fz::portal
