#include "options.h"

#include <charconv>
#include <cmath>
#include <map>

namespace fz::load {
namespace {

template <typename T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < T{0})
        return std::nullopt;
    return value;
}

std::optional<MacAddress> mac_address(std::string_view text) {
    MacAddress mac{};
    if (text.size() != 17) return std::nullopt;
    for (std::size_t i = 0; i < mac.size(); ++i) {
        unsigned octet = 0;
        const char* at = text.data() + 3 * i;
        if (std::from_chars(at, at + 2, octet, 16).ptr != at + 2) return std::nullopt;
        mac[i] = static_cast<std::byte>(octet);
    }
    return mac;
}

bool numbers(std::string_view list, std::vector<int>& into) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto value = number<int>(list.substr(0, comma));
        if (!value) return false;
        into.push_back(*value);
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
    return !into.empty();
}

/// Stores what was read, if it was; false if it was not.
template <typename To, typename From>
bool keep(To& to, const std::optional<From>& value) {
    if (value) to = *value;
    return value.has_value();
}

bool keep_seconds(Duration& to, std::string_view text) {
    const auto seconds = number<double>(text);
    if (!seconds || *seconds <= 0 || *seconds > 3600) return false;
    to = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*seconds));
    return true;
}

using Setter = bool (*)(Options&, std::string_view);

const std::map<std::string_view, Setter>& valued() {
    static const std::map<std::string_view, Setter> table{
        {"--peers", [](Options& o, std::string_view v) { return o.peers_file = v, true; }},
        {"--portal", [](Options& o, std::string_view v) { return o.portal_socket = v, true; }},
        {"--gateway",
         [](Options& o, std::string_view v) {
             return keep(o.gateway, wire::SocketAddr::parse(v));
         }},
        {"--count",
         [](Options& o, std::string_view v) { return keep(o.count, number<std::size_t>(v)); }},
        {"--sockets",
         [](Options& o, std::string_view v) { return keep(o.sockets, number<std::size_t>(v)); }},
        {"--seconds", [](Options& o, std::string_view v) { return keep_seconds(o.seconds, v); }},
        {"--cpu", [](Options& o, std::string_view v) { return keep(o.cpu, number<int>(v)); }},
        {"--watch-pid",
         [](Options& o, std::string_view v) { return keep(o.watch_pid, number<int>(v)); }},
        {"--watch-cpus", [](Options& o, std::string_view v) { return numbers(v, o.watch_cpus); }},
        {"--sink-netns", [](Options& o, std::string_view v) { return o.far_end.netns = v, true; }},
        {"--sink-dev", [](Options& o, std::string_view v) { return o.far_end.device = v, true; }},
        {"--destination",
         [](Options& o, std::string_view v) {
             return keep(o.far_end.address, wire::IpAddr::parse(v)) && o.far_end.address.is_v4();
         }},
        {"--gateway-mac",
         [](Options& o, std::string_view v) {
             return keep(o.far_end.gateway_mac, mac_address(v));
         }},
        {"--window",
         [](Options& o, std::string_view v) { return keep(o.window, number<std::uint64_t>(v)); }},
        {"--case",
         [](Options& o, std::string_view v) { return keep(o.traffic, traffic_named(v)); }},
        {"--per-peer",
         [](Options& o, std::string_view v) {
             return keep(o.per_peer, number<std::size_t>(v)) && *o.per_peer > 0;
         }},
        {"--burst",
         [](Options& o, std::string_view v) {
             return keep(o.burst, number<std::size_t>(v)) && o.burst > 0;
         }},
        {"--rate",
         [](Options& o, std::string_view v) {
             return keep(o.rate, number<double>(v)) && *o.rate > 0;
         }},
        {"--chunk-mb",
         [](Options& o, std::string_view v) {
             return keep(o.chunk_mb, number<std::size_t>(v)) && o.chunk_mb > 0;
         }},
        {"--target",
         [](Options& o, std::string_view v) {
             return keep(o.target, wire::IpAddr::parse(v)) && o.target->is_v4();
         }},
        {"--load-gbit",
         [](Options& o, std::string_view v) { return keep(o.load_gbit, number<double>(v)); }},
        {"--tun", [](Options& o, std::string_view v) { return o.tun = v, true; }},
        {"--door",
         [](Options& o, std::string_view v) { return o.door = v, v == "xdp" || v == "socket"; }},
        {"--inject-netns",
         [](Options& o, std::string_view v) { return o.injection.netns = v, true; }},
        {"--inject-dev",
         [](Options& o, std::string_view v) { return o.injection.device = v, true; }},
        {"--inject-mac",
         [](Options& o, std::string_view v) {
             return keep(o.injection.gateway_mac, mac_address(v));
         }},
        {"--flood", [](Options& o, std::string_view v) { return o.flood = v, true; }},
        {"--reader-cpu",
         [](Options& o, std::string_view v) { return keep(o.reader_cpu, number<int>(v)); }},
    };
    return table;
}

bool set_flag(Options& options, std::string_view name) {
    if (name == "--no-gso") return options.segment = false, true;
    if (name == "--verify") return options.verify = true;
    if (name == "--plain") return options.plain = true;
    return false;
}

}  // namespace

Expected<Options> parse_options(std::span<const std::string_view> arguments) {
    Options options;
    if (arguments.empty()) return Unexpected{Error("a mode is missing")};
    options.mode = arguments[0];
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string name(arguments[i]);
        if (set_flag(options, name)) continue;
        const auto setter = valued().find(name);
        if (setter == valued().end()) return Unexpected{Error("unknown option " + name)};
        if (++i == arguments.size()) return Unexpected{Error(name + " needs a value")};
        if (!setter->second(options, arguments[i]))
            return Unexpected{Error(name + " does not take " + std::string(arguments[i]))};
    }
    return options;
}

}  // namespace fz::load
