#include "app/shell.h"

#include "app/control_loop.h"
#include "app/firezone_id.h"
#include "app/host_identity.h"
#include "base/log.h"
#include "os/capabilities.h"
#include "os/single_instance.h"
#include "os/sysctl.h"
#include "portal/login.h"
#include "slowpath/health_server.h"

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

/// A socket per family; a family that cannot be had is a line in the log, both are an error.
struct Sockets {
    std::optional<slowpath::UdpSocket> v4;
    std::optional<slowpath::UdpSocket> v6;
};

Expected<Sockets> bind_sockets(const UdpOptions& udp) {
    const slowpath::UdpOptions options{
        .mark = os::kSocketMark,
        .send_buffer_bytes = static_cast<int>(udp.send_buffer_bytes),
        .receive_buffer_bytes = static_cast<int>(udp.receive_buffer_bytes)};
    Sockets sockets;
    std::optional<Error> failure;
    for (const wire::Family family : {wire::Family::v4, wire::Family::v6}) {
        auto bound = slowpath::UdpSocket::bind(family, options);
        if (!bound) {
            failure = bound.error();
            FZ_LOG(info, "a family has no UDP socket", kv("why", failure->to_string()));
            continue;
        }
        if (bound->port() != slowpath::kDefaultPort)
            FZ_LOG(warn, "the usual UDP port is taken", kv("port", slowpath::kDefaultPort),
                   kv("using", bound->port()));
        (family == wire::Family::v4 ? sockets.v4 : sockets.v6) = std::move(bound).value();
    }
    if (!sockets.v4 && !sockets.v6) return Unexpected{*failure};
    return sockets;
}

template <typename T>
T* pointer_to(std::optional<T>& value) {
    return value ? &*value : nullptr;
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
    FZ_ASSIGN(auto sockets, bind_sockets(config.udp));
    FZ_ASSIGN(auto device, tun::TunDevice::create(tun::kDeviceName, 1));
    FZ_ASSIGN(auto host, os::HostNetwork::prepare(device.name(), role.forwarding));
    report(host.take_problems());

    FZ_ASSIGN(auto loop, slowpath::EventLoop::create());
    std::optional<slowpath::HealthServer> health;
    if (auto listening = slowpath::HealthServer::listen(loop, config.health_check)) {
        health.emplace(std::move(listening).value());
    } else {
        FZ_LOG(warn, "no health checks", kv("why", listening.error().to_string()));
    }
    slowpath::PortalLink link(loop, std::move(options), random);
    const auto configure = [&host](const tunnel::ConfigureInterface& wanted) {
        auto done = host.configure(wanted.addresses, wanted.routes);
        report(host.take_problems());
        return done;
    };
    ControlLoop control(loop, endpoint, link,
                        {pointer_to(sockets.v4), pointer_to(sockets.v6), &device.queue(0)}, signals,
                        configure);
    return control.run();
}

}  // namespace fz::app
