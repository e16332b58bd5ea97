// The command line as values; main.cpp says what each option means.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "traffic.h"
#include "wire/ip_addr.h"

namespace fz::load {

using MacAddress = std::array<std::byte, 6>;

/// The resource's end of the gateway: where packets are captured and injected.
struct FarEnd {
    std::string netns;
    std::string device = "eth0";
    wire::IpAddr address;  ///< nobody's, inside the resource
    std::optional<MacAddress> gateway_mac;
};

/// The other end of the cable to the gateway, where frames enter one by one.
struct Injection {
    std::string netns;
    std::string device;  ///< empty: packets leave by sockets instead
    std::optional<MacAddress> gateway_mac;
};

struct Options {
    std::string mode;

    std::string peers_file;
    std::string portal_socket;
    std::optional<wire::SocketAddr> gateway;
    std::optional<std::size_t> count;
    std::optional<std::size_t> sockets;

    Duration seconds = 5s;
    std::optional<int> cpu;
    std::optional<int> watch_pid;
    std::vector<int> watch_cpus;

    FarEnd far_end;
    std::optional<std::uint64_t> window;  ///< packets

    Traffic traffic = Traffic::tcp1;
    std::optional<std::size_t> per_peer;  ///< packets
    std::size_t burst = 1;                ///< packets
    bool segment = true;
    std::optional<double> rate;  ///< per second: packets, or echo requests
    std::size_t chunk_mb = 256;
    bool verify = false;

    std::optional<wire::IpAddr> target;
    std::optional<double> load_gbit;
    bool plain = false;
    std::string tun = "fzload0";

    std::string door = "socket";  ///< or "xdp"
    Injection injection;
    int reader_cpu = 1;
    std::string flood;  ///< its kind
};

/// Errors: an unknown option, a value that is missing or none of the option's.
[[nodiscard]] Expected<Options> parse_options(std::span<const std::string_view> arguments);

}  // namespace fz::load
