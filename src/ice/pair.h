// A local and a remote candidate between which checks are sent.
#pragma once

#include <cstdint>
#include <optional>

#include "ice/check_log.h"
#include "ice/credentials.h"
#include "ice/priority.h"
#include "wire/ip_addr.h"

namespace fz::ice {

/// What a pair needs to know of a candidate. All local ones are their own base: host or relay.
struct PairEnd {
    CandidateKind kind = CandidateKind::host;
    wire::SocketAddr address;
    std::uint32_t priority = 0;
};

enum class Nomination : std::uint8_t {
    none,
    proposed,  ///< controlling: our checks carry USE-CANDIDATE, none of them is answered yet
    nominated,
};

struct Pair {
    PairEnd local;
    PairEnd remote;
    std::uint64_t priority = 0;
    CheckLog checks;
    Nomination nomination = Nomination::none;
    Instant proposed_at{};

    Pair(Role role, const PairEnd& local_end, const PairEnd& remote_end, Instant now) noexcept
        : local(local_end),
          remote(remote_end),
          priority(role == Role::controlling
                       ? pair_priority(local_end.priority, remote_end.priority)
                       : pair_priority(remote_end.priority, local_end.priority)),
          checks(now) {}

    [[nodiscard]] bool nominated() const noexcept { return nomination == Nomination::nominated; }
};

}  // namespace fz::ice
