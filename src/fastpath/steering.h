// The program in the kernel that steers the tunnel's data to our rings, on one interface.
//
// Its maps say what is ours (bpf/maps.h); queues without a ring pass everything to the kernel.
// Nothing is pinned: when the process ends, however it ends, the kernel takes program, maps and
// attachment away. The control thread's alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string_view>

#include "base/expected.h"
#include "bpf/abi.h"
#include "os/unique_fd.h"
#include "wire/ip_addr.h"

struct bpf_object;

namespace fz::fastpath {

/// Where in the kernel the program runs: in the driver, or behind it where any driver will do.
enum class AttachMode : std::uint8_t { native, generic };

class Steering {
  public:
    /// Loads the program, attached to nothing and with empty maps.
    /// Errors: no permission (CAP_BPF), a kernel without what it needs.
    [[nodiscard]] static Expected<Steering> load();
    Steering(Steering&&) noexcept;
    Steering& operator=(Steering&&) noexcept;
    ~Steering();

    /// Errors: the driver has no XDP, another program is there (EBUSY), the MTU or an offload (LRO)
    /// is in the way (EINVAL, ERANGE, EOPNOTSUPP).
    [[nodiscard]] Expected<void> attach(unsigned interface_index, AttachMode mode);
    /// Everything passes to the kernel from now on; what lies in the rings stays there.
    void detach() noexcept { link_ = os::UniqueFd(); }
    /// False also if somebody else has detached it.
    [[nodiscard]] bool attached() const noexcept;

    // What is steered. Each call replaces the set of before.
    [[nodiscard]] Expected<void> set_addresses(std::span<const wire::IpAddr> addresses);
    [[nodiscard]] Expected<void> set_ports(std::span<const std::uint16_t> ports);
    [[nodiscard]] Expected<void> set_relays(std::span<const wire::SocketAddr> relays);

    /// From now on the frames of `queue` go to the AF_XDP socket `fd`.
    [[nodiscard]] Expected<void> set_socket(unsigned queue, int fd);

    /// Frames of a queue since `load`, by verdict.
    [[nodiscard]] fz_verdicts verdicts(unsigned queue) const;

    /// For the kernel's test run (BPF_PROG_TEST_RUN).
    [[nodiscard]] int program_fd() const noexcept { return program_; }

  private:
    struct CloseObject {
        void operator()(bpf_object* object) const noexcept;
    };
    /// A map used as a set, and what we put into it.
    template <typename Key>
    struct KeySet {
        int fd = -1;
        std::set<Key> keys = {};

        [[nodiscard]] Expected<void> replace(std::set<Key> wanted, const char* what);
    };
    using Address = std::array<std::byte, sizeof(fz_address)>;
    using Endpoint = std::array<std::byte, sizeof(fz_endpoint)>;

    Steering() = default;

    std::unique_ptr<bpf_object, CloseObject> object_;
    int program_ = -1;
    KeySet<Address> addresses_;
    int ports_ = -1;
    KeySet<Endpoint> relays_;
    int sockets_ = -1;
    int verdicts_ = -1;
    os::UniqueFd link_;
};

}  // namespace fz::fastpath
