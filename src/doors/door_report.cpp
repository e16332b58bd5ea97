#include "doors/door_report.h"

namespace fz::doors {

std::string_view name_of(fastpath::AttachMode mode) noexcept {
    return mode == fastpath::AttachMode::native ? "native" : "generic";
}

std::string DoorReport::to_string() const {
    const std::string place = interface.empty() ? "" : interface + ": ";
    if (!mode) return place + "sockets: " + why_not;
    return place + "XDP, " + std::string(name_of(*mode)) + (zero_copy ? ", zero-copy" : ", copy") +
           ", receive queues: " + std::to_string(rings.size());
}

}  // namespace fz::doors
