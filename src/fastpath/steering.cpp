#include "fastpath/steering.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "fastpath/program_object.h"
#include "wire/transmit.h"

namespace fz::fastpath {
namespace {

constexpr const char* kProgram = "steer";
static_assert(FZ_MAX_DATAGRAM == wire::kMaxDatagram);

/// libbpf would write to stderr. What an operator needs stands in our errors.
int say_nothing(libbpf_print_level, const char*, va_list) { return 0; }

/// ::ffff:a.b.c.d for IPv4.
void write_address(std::span<std::byte, sizeof(fz_address)> to, const wire::IpAddr& ip) {
    std::fill(to.begin(), to.end(), std::byte{0});
    const Bytes bytes = ip.bytes();
    if (ip.is_v4()) std::fill_n(to.begin() + 10, 2, std::byte{0xff});
    std::memcpy(to.data() + to.size() - bytes.size(), bytes.data(), bytes.size());
}

std::uint16_t network_order(std::uint16_t port) {
    std::array<std::byte, 2> bytes;
    store_be(bytes.data(), port);
    std::uint16_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::uint32_t attach_flags(AttachMode mode) {
    return mode == AttachMode::native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
}

}  // namespace

void Steering::CloseObject::operator()(bpf_object* object) const noexcept {
    bpf_object__close(object);
}

Steering::Steering(Steering&&) noexcept = default;
Steering& Steering::operator=(Steering&&) noexcept = default;
Steering::~Steering() = default;

Expected<Steering> Steering::load() {
    libbpf_set_print(say_nothing);
    const Bytes bytes = program_object();
    Steering steering;
    steering.object_.reset(bpf_object__open_mem(bytes.data(), bytes.size(), nullptr));
    FZ_ASSERT(steering.object_ != nullptr);  // our own bytes
    bpf_object* const object = steering.object_.get();
    if (const int failed = bpf_object__load(object))
        return Unexpected{Error("cannot load the XDP program", -failed)};
    const auto map = [object](const char* name) {
        return bpf_object__find_map_fd_by_name(object, name);
    };
    steering.program_ = bpf_program__fd(bpf_object__find_program_by_name(object, kProgram));
    steering.addresses_.fd = map("addresses");
    steering.ports_ = map("ports");
    steering.relays_.fd = map("relays");
    steering.sockets_ = map("sockets");
    steering.verdicts_ = map("verdicts");
    return steering;
}

Expected<void> Steering::attach(unsigned interface_index, AttachMode mode) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = attach_flags(mode));
    const int link =
        bpf_link_create(program_, static_cast<int>(interface_index), BPF_XDP, &options);
    if (link < 0) return Unexpected{Error("cannot attach the XDP program", -link)};
    link_ = os::UniqueFd(link);
    return {};
}

bool Steering::attached() const noexcept {
    bpf_link_info info{};
    __u32 size = sizeof info;
    return link_ && bpf_obj_get_info_by_fd(link_.get(), &info, &size) == 0 && info.xdp.ifindex != 0;
}

template <typename Key>
Expected<void> Steering::KeySet<Key>::replace(std::set<Key> wanted, const char* what) {
    // What left makes room for what comes.
    std::erase_if(keys, [&](const Key& key) {
        return !wanted.contains(key) && bpf_map_delete_elem(fd, &key) == 0;
    });
    const std::uint8_t one = 1;
    for (const Key& key : wanted) {
        if (keys.contains(key)) continue;
        if (const int failed = bpf_map_update_elem(fd, &key, &one, BPF_ANY))
            return Unexpected{Error(std::string("cannot tell the XDP program ") + what, -failed)};
        keys.insert(key);
    }
    return {};
}

Expected<void> Steering::set_addresses(std::span<const wire::IpAddr> addresses) {
    std::set<Address> wanted;
    for (const wire::IpAddr& ip : addresses) {
        Address key;
        write_address(key, ip);
        wanted.insert(key);
    }
    return addresses_.replace(std::move(wanted), "the host's addresses");
}

Expected<void> Steering::set_ports(std::span<const std::uint16_t> ports) {
    FZ_ASSERT(ports.size() <= FZ_MAX_PORTS);
    for (std::uint32_t i = 0; i < FZ_MAX_PORTS; ++i) {
        const std::uint16_t port = i < ports.size() ? network_order(ports[i]) : 0;
        if (const int failed = bpf_map_update_elem(ports_, &i, &port, BPF_ANY))
            return Unexpected{Error("cannot tell the XDP program the gateway's ports", -failed)};
    }
    return {};
}

Expected<void> Steering::set_relays(std::span<const wire::SocketAddr> relays) {
    std::set<Endpoint> wanted;
    for (const wire::SocketAddr& relay : relays) {
        Endpoint key{};
        write_address(std::span(key).first<sizeof(fz_address)>(), relay.ip);
        store_be(key.data() + offsetof(fz_endpoint, port), relay.port);
        wanted.insert(key);
    }
    return relays_.replace(std::move(wanted), "the relays");
}

Expected<void> Steering::set_socket(unsigned queue, int fd) {
    if (const int failed = bpf_map_update_elem(sockets_, &queue, &fd, BPF_ANY))
        return Unexpected{
            Error("cannot give queue " + std::to_string(queue) + " to an XDP socket", -failed)};
    return {};
}

fz_verdicts Steering::verdicts(unsigned queue) const {
    std::vector<fz_verdicts> of_processors(static_cast<std::size_t>(libbpf_num_possible_cpus()));
    fz_verdicts sum{};
    if (bpf_map_lookup_elem(verdicts_, &queue, of_processors.data()) != 0) return sum;
    for (const fz_verdicts& each : of_processors)
        for (std::size_t i = 0; i < FZ_VERDICT_COUNT; ++i) sum.frames[i] += each.frames[i];
    return sum;
}

}  // namespace fz::fastpath
