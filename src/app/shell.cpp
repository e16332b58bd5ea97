#include "app/shell.h"

#include <unistd.h>

#include "app/control_loop.h"
#include "app/endpoints.h"
#include "app/firezone_id.h"
#include "app/host_identity.h"
#include "app/observer.h"
#include "app/packet_totals.h"
#include "app/version.h"
#include "base/log.h"
#include "crypto/aead_choice.h"
#include "doors/doorkeeper.h"
#include "os/capabilities.h"
#include "os/clock.h"
#include "os/host_watch.h"
#include "os/interfaces.h"
#include "os/parallelism.h"
#include "os/single_instance.h"
#include "os/sysctl.h"
#include "portal/login.h"
#include "slowpath/http_server.h"
#include "telemetry/page.h"
#include "worker/team.h"

namespace fz::app {
namespace {

Expected<slowpath::PortalLinkOptions> portal_options(const Config& config, const std::string& token,
                                                     portal::Role role,
                                                     const crypto::PublicKey& public_key,
                                                     crypto::Random& random) {
    FZ_ASSIGN(std::string id, firezone_id(config.portal.firezone_id, {}, random));
    slowpath::PortalLinkOptions options;
    options.role = role;
    FZ_ASSIGN(options.url, portal::login_url({.role = role,
                                              .api_url = config.portal.api_url,
                                              .token = token,
                                              .firezone_id = std::move(id),
                                              .name = display_name(config.portal.name, random),
                                              .public_key = public_key,
                                              .device_serial = {},
                                              .device_uuid = {}}));
    options.user_agent = portal::user_agent(user_agent_parts());
    options.give_up_after = config.portal.max_partition_time;
    options.transport.mark = os::kSocketMark;
    return options;
}

/// Sockets per family, one for each worker; a family that cannot be had is a line in the log, both
/// are an error.
Expected<worker::Sockets> bind_sockets(const UdpOptions& udp, std::size_t workers) {
    const udp::Options options{.mark = os::kSocketMark,
                               .send_buffer_bytes = static_cast<int>(udp.send_buffer_bytes),
                               .receive_buffer_bytes = static_cast<int>(udp.receive_buffer_bytes)};
    worker::Sockets sockets;
    std::optional<Error> failure;
    for (const wire::Family family : {wire::Family::v4, wire::Family::v6}) {
        auto bound = udp::UdpSocket::bind_group(family, options, workers);
        if (!bound) {
            failure = bound.error();
            FZ_LOG(info, "a family has no UDP socket", kv("why", failure->to_string()));
            continue;
        }
        if (bound->front().port() != udp::kDefaultPort)
            FZ_LOG(warn, "the usual UDP port is taken", kv("port", udp::kDefaultPort),
                   kv("using", bound->front().port()));
        (family == wire::Family::v4 ? sockets.v4 : sockets.v6) = std::move(bound).value();
    }
    if (sockets.v4.empty() && sockets.v6.empty()) return Unexpected{*failure};
    return sockets;
}

std::vector<std::uint16_t> ports_of(const worker::Sockets& sockets) {
    std::vector<std::uint16_t> ports;
    for (const auto* family : {&sockets.v4, &sockets.v6})
        if (!family->empty()) ports.push_back(family->front().port());
    return ports;
}

/// The control thread's own handles on the first worker's sockets.
struct ControlSockets {
    std::optional<udp::UdpSocket> v4;
    std::optional<udp::UdpSocket> v6;
};

Expected<ControlSockets> duplicate_first(const worker::Sockets& sockets) {
    ControlSockets handles;
    if (!sockets.v4.empty()) {
        FZ_ASSIGN(handles.v4, sockets.v4.front().duplicate());
    }
    if (!sockets.v6.empty()) {
        FZ_ASSIGN(handles.v6, sockets.v6.front().duplicate());
    }
    return handles;
}

template <typename T>
T* pointer_to(std::optional<T>& value) {
    return value ? &*value : nullptr;
}

crypto::AeadProvider aead_provider(const std::optional<crypto::AeadProvider>& wanted) {
    if (wanted) {
        FZ_LOG(info, "cipher chosen", kv("aead", name_of(*wanted)), kv("by", "option"));
        return *wanted;
    }
    const crypto::AeadChoice choice = crypto::choose_aead(os::read_monotonic_clock);
    for (const auto& cost : choice.costs)
        FZ_LOG(info, "cipher measured", kv("aead", name_of(cost.provider)),
               kv("ns_128", cost.per_packet[0].count()), kv("ns_512", cost.per_packet[1].count()),
               kv("ns_1280", cost.per_packet[2].count()));
    FZ_LOG(info, "cipher chosen", kv("aead", name_of(choice.fastest)), kv("by", "measurement"));
    return choice.fastest;
}

std::size_t worker_count(const std::optional<std::size_t>& wanted) {
    if (wanted) return *wanted;
    return std::min({os::default_route_queues(), os::usable_processors(), kMaxWorkers});
}

/// What stays as it is while the gateway runs.
telemetry::GatewayFacts constant_facts(std::size_t sockets, tun::Offloads offloads,
                                       crypto::AeadProvider aead) {
    telemetry::GatewayFacts facts;
    facts.version = version();
    facts.process = static_cast<std::uint64_t>(::getpid());
    facts.sockets = sockets;
    facts.tun_offloads = name_of(offloads);
    facts.aead = name_of(aead);
    return facts;
}

/// Nothing if nobody asked for it, or if the address cannot be had, which is a line in the log.
std::optional<slowpath::HttpServer> serve(slowpath::EventLoop& loop,
                                          const std::optional<wire::SocketAddr>& address,
                                          slowpath::HttpHandler handler) {
    if (!address) return std::nullopt;
    auto listening = slowpath::HttpServer::listen(loop, *address, std::move(handler));
    if (listening) return std::move(listening).value();
    FZ_LOG(warn, "no HTTP endpoints", kv("why", listening.error().to_string()));
    return std::nullopt;
}

std::vector<slowpath::HttpServer*> present(std::optional<slowpath::HttpServer>& a,
                                           std::optional<slowpath::HttpServer>& b) {
    std::vector<slowpath::HttpServer*> servers;
    for (auto* server : {&a, &b})
        if (*server) servers.push_back(&**server);
    return servers;
}

void report(os::Problems problems) {
    for (const Error& problem : problems)
        FZ_LOG(warn, "the host is not fully set up", kv("why", problem.to_string()));
}

}  // namespace

Expected<void> run(const Config& config, const std::string& token, const ShellRole& role,
                   tunnel::Endpoint& endpoint, const crypto::PublicKey& public_key,
                   crypto::Random& random) {
    if (config.permission_check == PermissionCheck::required) FZ_TRY(os::require_net_admin());
    FZ_ASSIGN(auto instance, os::SingleInstance::acquire(role.instance));
    FZ_ASSIGN(auto signals, os::TerminationSignals::create());
    if (config.udp.kernel_limits == KernelLimits::raise)
        if (const auto raised = os::raise_socket_buffer_limits(); !raised)
            FZ_LOG(info, "socket buffers stay small", kv("why", raised.error().to_string()));
    FZ_ASSIGN(auto options, portal_options(config, token, role.portal, public_key, random));
    const std::size_t workers = worker_count(config.workers);
    FZ_ASSIGN(auto sockets, bind_sockets(config.udp, workers));
    FZ_ASSIGN(auto senders, duplicate_first(sockets));
    FZ_ASSIGN(auto device, tun::TunDevice::create(tun::kDeviceName, workers));
    FZ_ASSIGN(auto host, os::HostNetwork::prepare(device.name(), role.forwarding));
    report(host.take_problems());
    FZ_LOG(info, "workers move packets", kv("workers", workers),
           kv("super_packets", name_of(device.offloads())));
    const std::vector<std::uint16_t> ports = ports_of(sockets);
    const crypto::AeadProvider aead = aead_provider(config.aead);
    const telemetry::GatewayFacts facts =
        constant_facts(sockets.v4.size() + sockets.v6.size(), device.offloads(), aead);
    FZ_ASSIGN(auto page, telemetry::PageWriter::create(workers, version()));
    FZ_ASSIGN(auto doorbell, worker::Doorbell::create());
    FZ_ASSIGN(auto team, worker::Team::create(std::move(sockets), std::move(device),
                                              endpoint.packet_path(), aead, doorbell));
    team.publish_to([&](std::size_t i) -> worker::FiguresPage& { return page.worker(i); });
    if (config.busy_poll)
        if (const auto polls = team.prefer_busy_polling(*config.busy_poll); !polls)
            FZ_LOG(warn, "workers do not poll", kv("why", polls.error().to_string()));
    FZ_ASSIGN(auto watch, os::HostWatch::create());
    doors::Doorkeeper doorkeeper(config.datapath, config.xdp_interfaces, ports, team,
                                 std::move(watch));

    FZ_ASSIGN(auto loop, slowpath::EventLoop::create());
    slowpath::PortalLink link(loop, std::move(options), random);
    const std::string tun = tun::kDeviceName;
    const auto readiness = [&link, &tun, sockets = facts.sockets] {
        const auto found = os::read_interface(tun);
        return Readiness{link.is_joined(), found && found->up, sockets > 0};
    };
    auto health = serve(loop, config.health_check, [&](const slowpath::HttpRequest& request) {
        return answer_health(request, readiness);
    });
    auto status = serve(loop, config.status, [&](const slowpath::HttpRequest& request) {
        return answer_status(request, audience_of(config.status->ip), [&] {
            return telemetry::read_page(page.bytes(), os::read_monotonic_clock());
        });
    });
    const auto configure = [&host](const tunnel::ConfigureInterface& wanted) {
        auto done = host.configure(wanted.addresses, wanted.routes);
        report(host.take_problems());
        return done;
    };
    std::optional<os::CommandPort> commands;
    if (!role.commands.empty()) {
        FZ_ASSIGN(commands, os::CommandPort::open(role.commands));
    }
    Observer observer(page, facts, doorkeeper, link, role.roster, os::read_monotonic_clock());
    ControlLoop control(loop, endpoint, link, {&doorbell, team.mailboxes()},
                        {pointer_to(senders.v4), pointer_to(senders.v6)}, signals, configure,
                        {.keeper = &doorkeeper,
                         .observer = &observer,
                         .commands = pointer_to(commands),
                         .roster = role.roster,
                         .http = present(health, status)});
    team.start();
    FZ_TRY(doorkeeper.open(os::read_monotonic_clock()));
    auto ended = control.run();
    team.stop();
    log_totals(team);
    doorkeeper.log_totals();
    return ended;
}

}  // namespace fz::app
