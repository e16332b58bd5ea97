// How the packets of one interface come in at this moment, for those who watch the gateway.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fastpath/steering.h"
#include "fastpath/xsk.h"

namespace fz::doors {

/// A receive queue with a ring, counted by the kernel since the ring was opened.
struct RingReport {
    unsigned queue = 0;
    std::size_t worker = 0;
    bool zero_copy = false;
    fz_verdicts verdicts{};
    fastpath::XskStatistics statistics = {};
};

struct DoorReport {
    std::string interface = {};                     ///< empty: no interface in particular
    std::optional<fastpath::AttachMode> mode = {};  ///< nothing: through the sockets
    bool zero_copy = false;                         ///< of every ring
    std::vector<RingReport> rings = {};
    std::string why_not = {};  ///< a sentence without a full stop: why through the sockets

    /// As a line for the operator.
    [[nodiscard]] std::string to_string() const;
};

[[nodiscard]] std::string_view name_of(fastpath::AttachMode mode) noexcept;

}  // namespace fz::doors
