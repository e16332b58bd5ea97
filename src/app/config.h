// What the operator asked for: the command line and the environment, checked, as one value.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/log_filter.h"
#include "app/usage_error.h"
#include "base/expected.h"
#include "crypto/aead_primitive.h"
#include "doors/wish.h"
#include "wire/ip_addr.h"

namespace fz::app {

inline constexpr std::size_t kMaxWorkers = 64;

enum class Request : std::uint8_t { run, print_help, print_version };
enum class PermissionCheck : std::uint8_t { required, skipped };
enum class LogFormat : std::uint8_t { human, json };
enum class KernelLimits : std::uint8_t { raise, leave };

struct PortalOptions {
    std::string api_url = "wss://api.firezone.dev";
    std::optional<std::string> token;                  ///< a secret; without it see token_of()
    std::optional<std::string> name;                   ///< without it the host name; may be empty
    std::optional<std::string> firezone_id;            ///< never empty
    std::optional<std::string> credentials_directory;  ///< where systemd puts credentials
    std::chrono::seconds max_partition_time = std::chrono::hours(24);
};

struct LogOptions {
    LogFormat format = LogFormat::human;
    LogFilter filter;
};

struct UdpOptions {
    std::size_t send_buffer_bytes = 16 << 20;
    std::size_t receive_buffer_bytes = 128 << 20;
    KernelLimits kernel_limits = KernelLimits::raise;
};

/// What upstream's gateway can do and this one cannot yet is accepted, checked and not kept: --help
/// lists it under a heading that says so.
struct Config {
    Request request = Request::run;
    PortalOptions portal;
    LogOptions log;
    UdpOptions udp;
    wire::SocketAddr health_check{wire::IpAddr::v4(0, 0, 0, 0), 8080};
    std::optional<wire::SocketAddr> status;  ///< figures for whoever can connect; off unless given
    PermissionCheck permission_check = PermissionCheck::required;
    doors::Wish datapath = doors::Wish::automatic;
    std::vector<std::string> xdp_interfaces;   ///< none: those of the default routes
    std::optional<Duration> busy_poll;         ///< nothing: workers wait for interrupts
    std::optional<std::size_t> workers;        ///< nothing: by queues and processors
    std::optional<crypto::AeadProvider> aead;  ///< nothing: the fastest, by measurement
};

using Environment = std::map<std::string, std::string, std::less<>>;

/// Reads the arguments (without the program's name) and the environment: a flag wins over its
/// variable, a variable over the default. Nothing outside the two is looked at.
/// Errors: a sentence for the operator; the process then exits with 2. It never quotes the token.
///
/// Exit codes: 0 after --help, --version and a shutdown by signal; 2 for a usage error, which is
/// one from here or from token_of; 1 for everything else that ends it.
[[nodiscard]] Expected<Config, UsageError> parse(std::span<const std::string_view> arguments,
                                                 const Environment& environment);

/// The page that --help prints, made from the same table as parse().
[[nodiscard]] std::string help_text();
/// The line that --version prints, without its end.
[[nodiscard]] std::string version_text();

}  // namespace fz::app
