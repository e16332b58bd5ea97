#include "doors/refusal.h"

#include <cerrno>

namespace fz::doors {
namespace {

/// What a frame of 2048 bytes holds behind the kernel's 256 bytes, less Ethernet and two VLAN tags.
constexpr unsigned kMaxMtu = 2048 - 256 - 22;

std::string missing_permission() {
    return "the gateway lacks CAP_BPF or CAP_NET_RAW: run it as root, or grant it "
           "cap_net_admin,cap_net_raw,cap_bpf+eip with setcap";
}

std::string explain_load(const Error& refusal) {
    if (refusal.os_errno == EPERM) return missing_permission();
    return "this kernel does not take the XDP program (" + refusal.to_string() +
           "): it needs 5.15 or newer";
}

std::string explain_ring(const Error& refusal, const os::Interface& interface) {
    switch (refusal.os_errno) {
        case EPERM:
            return missing_permission();
        case EAFNOSUPPORT:
            return "this kernel has no AF_XDP: it needs one with CONFIG_XDP_SOCKETS";
        case ENOBUFS:
        case ENOMEM:
            return "the frames of the rings do not fit the memory that may be locked: raise "
                   "RLIMIT_MEMLOCK (systemd: LimitMEMLOCK=infinity)";
        case EBUSY:
            return "another program has an AF_XDP socket on " + interface.name +
                   ": end it, or name another interface with --xdp-interface";
        default:
            return refusal.to_string();
    }
}

std::string explain_attach(const Error& refusal, const os::Interface& interface) {
    if (refusal.os_errno == EPERM) return missing_permission();
    if (refusal.os_errno == EBUSY || refusal.os_errno == EEXIST)
        return "another XDP program is attached to " + interface.name + ": `ip link set dev " +
               interface.name + " xdp off` removes it";
    if (interface.large_receive_offload)
        return interface.name + " has large receive offload on: `ethtool -K " + interface.name +
               " lro off` ends that";
    if (interface.mtu > kMaxMtu || refusal.os_errno == ERANGE)
        return "the MTU of " + interface.name +
               " or of what it is plugged into is too large for "
               "XDP: lower it to " +
               std::to_string(kMaxMtu) + " bytes or less";
    if (refusal.os_errno == EOPNOTSUPP)
        return "the driver of " + interface.name + " has no XDP; a newer kernel may bring it";
    return refusal.to_string();
}

}  // namespace

std::string explain(Step step, const Error& refusal, const os::Interface& interface) {
    switch (step) {
        case Step::find:
            return "there is no interface " + interface.name;
        case Step::load:
            return explain_load(refusal);
        case Step::open_ring:
            return explain_ring(refusal, interface);
        case Step::attach:
            return explain_attach(refusal, interface);
    }
    return refusal.to_string();
}

}  // namespace fz::doors
