#include "app/options.h"

#include <array>

#include "app/option_values.h"

namespace fz::app {
namespace {

Complaint unless(bool good, std::string_view complaint) {
    return good ? Complaint{} : Complaint{complaint};
}

constexpr std::size_t kMaxBusyPollUs = 10'000;
constexpr std::size_t kInterfaceNameSize = 16;  ///< IFNAMSIZ, with the zero at its end

/// For options that are checked and then mean nothing, or nothing more.
Complaint check_switch(Config&, std::string_view value) {
    return unless(parse_switch(value).has_value(), "must be true or false");
}
Complaint check_metrics(Config&, std::string_view value) {
    return unless(value == "stdout" || value == "otel-collector",
                  "must be stdout or otel-collector");
}
Complaint check_otlp_endpoint(Config&, std::string_view value) {
    return unless(is_host_and_port(value), "must be HOST:PORT");
}

Complaint set_token(Config& config, std::string_view value) {
    if (!value.empty()) config.portal.token = value;
    return {};
}
Complaint set_api_url(Config& config, std::string_view value) {
    config.portal.api_url = value;
    return unless(!value.empty(), "must not be empty");
}
Complaint set_name(Config& config, std::string_view value) {
    config.portal.name = value;
    return {};
}
Complaint set_firezone_id(Config& config, std::string_view value) {
    if (!value.empty()) config.portal.firezone_id = value;
    return {};
}
Complaint set_credentials_directory(Config& config, std::string_view value) {
    if (!value.empty()) config.portal.credentials_directory = value;
    return {};
}
Complaint set_max_partition_time(Config& config, std::string_view value) {
    const auto time = parse_duration(value);
    if (time) config.portal.max_partition_time = *time;
    return unless(time.has_value(), "must be a duration such as 24h, 30m or \"1h 30m\"");
}

Complaint set_datapath(Config& config, std::string_view value) {
    const auto wish = doors::wish_named(value);
    config.datapath = wish.value_or(config.datapath);
    return unless(wish.has_value(), "must be auto, xdp, xdp-generic or socket");
}
Complaint set_xdp_interfaces(Config& config, std::string_view value) {
    config.xdp_interfaces.clear();
    for (std::size_t begin = 0; begin <= value.size();) {
        const std::size_t end = std::min(value.find(',', begin), value.size());
        const std::string_view name = value.substr(begin, end - begin);
        if (name.empty() || name.size() >= kInterfaceNameSize)
            return "must be names of interfaces, separated by commas";
        config.xdp_interfaces.emplace_back(name);
        begin = end + 1;
    }
    return {};
}
Complaint set_busy_poll(Config& config, std::string_view value) {
    const auto limit_us = parse_count(value, kMaxBusyPollUs);
    if (value == "0") return config.busy_poll.reset(), Complaint{};
    if (limit_us) config.busy_poll = std::chrono::microseconds(*limit_us);
    return unless(limit_us.has_value(), "must be a number of microseconds, at most 10000");
}
Complaint set_workers(Config& config, std::string_view value) {
    config.workers = parse_count(value, kMaxWorkers);
    return unless(config.workers.has_value(), "must be a number from 1 to 64");
}
Complaint set_aead(Config& config, std::string_view value) {
    for (const crypto::AeadProvider provider : crypto::aead_providers())
        if (value == crypto::name_of(provider)) config.aead = provider;
    if (value == "auto") config.aead.reset();
    return unless(value == "auto" || config.aead.has_value(),
                  "must be auto, sodium, openssl or (x86-64 with AVX2) ipsec-mb");
}
Complaint set_no_inc_buf(Config& config, std::string_view value) {
    if (value == "true") config.udp.kernel_limits = KernelLimits::leave;
    return check_switch(config, value);
}
Complaint set_buffer(std::size_t& bytes, std::string_view value) {
    const auto parsed = parse_buffer_bytes(value);
    bytes = parsed.value_or(bytes);
    return unless(parsed.has_value(), "must be a number of bytes from 1 to 2147483647");
}
Complaint set_send_buffer(Config& config, std::string_view value) {
    return set_buffer(config.udp.send_buffer_bytes, value);
}
Complaint set_receive_buffer(Config& config, std::string_view value) {
    return set_buffer(config.udp.receive_buffer_bytes, value);
}

Complaint set_log_format(Config& config, std::string_view value) {
    if (value == "json") config.log.format = LogFormat::json;
    return unless(value == "human" || value == "json", "must be human or json");
}
Complaint set_log_filter(Config& config, std::string_view value) {
    config.log.filter = LogFilter::parse(value);
    return {};
}

Complaint set_no_check(Config& config, std::string_view value) {
    if (value == "true") config.permission_check = PermissionCheck::skipped;
    return check_switch(config, value);
}
Complaint set_health_check(Config& config, std::string_view value) {
    const auto address = wire::SocketAddr::parse(value);
    if (address) config.health_check = *address;
    return unless(address.has_value(), "must be ADDRESS:PORT, as in 0.0.0.0:8080 or [::1]:8080");
}

/// A port alone is for this host only.
Complaint set_status(Config& config, std::string_view value) {
    if (const auto port = parse_count(value, 65535))
        config.status = {wire::IpAddr::v4(127, 0, 0, 1), static_cast<std::uint16_t>(*port)};
    else
        config.status = wire::SocketAddr::parse(value);
    return unless(config.status.has_value(), "must be a port, or ADDRESS:PORT");
}

constexpr std::array kOptions{
    Option{Group::portal, "", 0, "FIREZONE_TOKEN", "TOKEN",
           "The token of this gateway's site. Prefer the variable, or a systemd credential of the "
           "same name (LoadCredential=FIREZONE_TOKEN:/path): arguments show in process lists.",
           set_token},
    Option{Group::portal, "--api-url", 'u', "FIREZONE_API_URL", "URL",
           "The portal's address. Default: wss://api.firezone.dev", set_api_url},
    Option{Group::portal, "--firezone-name", 'n', "FIREZONE_NAME", "NAME",
           "What the portal calls this gateway. Default: the host's name", set_name},
    Option{Group::portal, "--firezone-id", 'i', "FIREZONE_ID", "ID",
           "What the portal recognises this gateway by. Default: the content of "
           "/var/lib/firezone/gateway_id, else derived from /etc/machine-id",
           set_firezone_id},
    Option{Group::portal, "--max-partition-time", 'm', "FIREZONE_MAX_PARTITION_TIME", "DURATION",
           "How long to go on without the portal before giving up. Default: 24h",
           set_max_partition_time},
    Option{Group::portal, "", 0, "CREDENTIALS_DIRECTORY", "DIR",
           "Where a credential with the token lies; systemd sets it", set_credentials_directory},

    Option{
        Group::packets, "--datapath", 0, "FIREZONE_DATAPATH", "auto|xdp|xdp-generic|socket",
        "How the network's packets come in. Default: auto, which is xdp where it can be had and is "
        "faster, and socket elsewhere; xdp alone ends the gateway where it cannot be had. "
        "xdp-generic works behind every driver, but slower",
        set_datapath},
    Option{Group::packets, "--xdp-interface", 0, "FIREZONE_XDP_INTERFACE", "IF[,IF]",
           "The interfaces that XDP is used on. Default: those of the default routes",
           set_xdp_interfaces},
    Option{Group::packets, "--busy-poll", 0, "FIREZONE_BUSY_POLL", "MICROSECONDS",
           "How long a worker polls the receive queues of network cards before it sleeps: shorter "
           "latency for a busier processor. Takes Linux 6.9. Default: 0, not at all",
           set_busy_poll},
    Option{Group::packets, "--workers", 0, "FIREZONE_WORKERS", "N",
           "How many threads move packets. Default: as many as the interface of the default route "
           "has receive queues, and no more than there are processors",
           set_workers},
    Option{Group::packets, "--aead", 0, "FIREZONE_AEAD", "auto|sodium|openssl|ipsec-mb",
           "The library that encrypts packets; ipsec-mb takes x86-64 with AVX2. Default: auto, the "
           "one that is measured to be the fastest at start",
           set_aead},
    Option{Group::packets, "--no-inc-buf", 0, "FIREZONE_NO_INC_BUF", "",
           "Leave the kernel's limits for socket buffers (rmem_max, wmem_max) as they are",
           set_no_inc_buf},
    Option{Group::packets, "", 0, "FIREZONE_UDP_SEND_BUFFER_SIZE", "BYTES",
           "Send buffer of each UDP socket. Default: 16777216", set_send_buffer},
    Option{Group::packets, "", 0, "FIREZONE_UDP_RECV_BUFFER_SIZE", "BYTES",
           "Receive buffer of each UDP socket. Default: 134217728", set_receive_buffer},

    Option{Group::logging, "--log-format", 0, "FIREZONE_LOG_FORMAT", "human|json",
           "One line of text, or one JSON object, per event on standard output. Default: human",
           set_log_format},
    Option{Group::logging, "", 0, "RUST_LOG", "FILTER",
           "A level (trace, debug, info, warn, error, off), levels per module (the word before a "
           "line's "
           "colon), or both: \"info,ice=debug\". Default: info",
           set_log_filter},

    Option{Group::process, "--no-check", 0, "", "",
           "Start without checking for the permission to configure the network", set_no_check},
    Option{Group::process, "--health-check-addr", 0, "HEALTH_CHECK_ADDR", "ADDRESS:PORT",
           "Where GET /healthz is answered with 200, and GET /readyz once clients can be served. "
           "Default: 0.0.0.0:8080",
           set_health_check},
    Option{Group::process, "--status-addr", 0, "FIREZONE_STATUS_ADDR", "[ADDRESS:]PORT",
           "Where GET /metrics shows all figures in Prometheus' format, and a browser a page that "
           "draws them; without an address for this host only. Default: nowhere",
           set_status},

    Option{Group::without_effect, "--no-telemetry", 0, "FIREZONE_NO_TELEMETRY", "",
           "There is no telemetry to turn off", check_switch},
    Option{Group::without_effect, "--metrics", 0, "FIREZONE_METRICS", "stdout|otel-collector",
           "Metrics are not exported yet", check_metrics},
    Option{Group::without_effect, "--otlp-grpc-endpoint", 0, "OTLP_GRPC_ENDPOINT", "HOST:PORT",
           "Metrics are not exported yet", check_otlp_endpoint},
    Option{Group::without_effect, "--validate-checksums", 0, "FIREZONE_VALIDATE_CHECKSUMS", "",
           "Checksums of packets for the tunnel device are not verified yet", check_switch},

    Option{Group::other, "--help", 'h', "", "", "Shows this page", nullptr},
    Option{Group::other, "--version", 'V', "", "", "Shows the version", nullptr},
};

constexpr std::array<std::string_view, 6> kHeadings{
    "Portal",
    "Packets",
    "Logging",
    "Process",
    "Accepted, so that configurations of the upstream gateway work, but without effect",
    "Other"};

constexpr std::array kExitStatuses{
    ExitStatus{0, "after SIGINT, SIGTERM or SIGHUP, --help and --version"},
    ExitStatus{1, "no permission, set-up failed, or the portal refused or was away for too long"},
    ExitStatus{2, "called wrongly, a missing token included"},
};

}  // namespace

std::span<const Option> options() noexcept { return kOptions; }
std::span<const std::string_view> headings() noexcept { return kHeadings; }
std::span<const ExitStatus> exit_statuses() noexcept { return kExitStatuses; }

}  // namespace fz::app
