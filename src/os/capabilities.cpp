#include "os/capabilities.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace fz::os {
namespace {

bool has_effective(unsigned capability) noexcept {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
    return (sets[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

}  // namespace

Expected<void> require_net_admin() {
    if (has_effective(CAP_NET_ADMIN)) return {};
    return Unexpected{
        Error("the gateway needs CAP_NET_ADMIN to create its tunnel device: run it as root, or "
              "grant it with `sudo setcap cap_net_admin+eip` on the binary (in a container: pass "
              "`--cap-add NET_ADMIN`)")};
}

}  // namespace fz::os
