// Our own candidates: host and relay, with the priority that their order of arrival gives them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ice/candidate.h"

namespace fz::ice {

class LocalCandidates {
  public:
    /// The added candidate with its final priority, or null if its address is already there.
    const Candidate* add(Candidate candidate);
    std::optional<Candidate> remove(const wire::SocketAddr& address);

    [[nodiscard]] const Candidate* find(const wire::SocketAddr& address) const noexcept;
    [[nodiscard]] std::span<const Candidate> all() const noexcept { return candidates_; }

  private:
    struct Siblings {
        CandidateKind kind;
        wire::Family family;
        std::uint32_t count;  ///< ever added, the removed ones included
    };

    [[nodiscard]] std::uint32_t count_sibling(const Candidate& candidate);

    std::vector<Candidate> candidates_;
    std::vector<Siblings> siblings_;
};

}  // namespace fz::ice
