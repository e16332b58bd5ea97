#include "os/parallelism.h"

#include <sched.h>

#include <algorithm>

#include "os/interfaces.h"

namespace fz::os {

std::size_t usable_processors() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

std::size_t default_route_queues() {
    std::size_t most = 1;
    for (const std::string& name : default_route_interfaces())
        if (const auto interface = read_interface(name))
            most = std::max<std::size_t>(most, interface->receive_queues);
    return most;
}

}  // namespace fz::os
