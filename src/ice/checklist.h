// All pairs of one agent, best first: formed, replaced, bounded and dropped here.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "ice/pair.h"

namespace fz::ice {

class Checklist {
  public:
    static constexpr std::size_t kMaxPairs = 100;  ///< RFC 8445 6.1.2.5

    explicit Checklist(Role role) noexcept : role_(role) {}

    /// Forms a pair. One with the same two addresses keeps its checks and its nomination, and takes
    /// over the new ends if they are preferred or if its remote end had only been learned from a
    /// check. Beyond kMaxPairs the least preferred pair that is not nominated goes. Pointers into
    /// the list end here.
    void insert(const PairEnd& local, const PairEnd& remote, Instant now);
    void remove_local(const wire::SocketAddr& local);
    void remove_remote(const wire::SocketAddr& remote, CandidateKind kind);
    /// Drops pairs that have failed by `now`.
    void prune(const Timing& timing, Instant now);

    [[nodiscard]] Pair* find(const wire::SocketAddr& local,
                             const wire::SocketAddr& remote) noexcept;
    [[nodiscard]] const Pair* find(const wire::SocketAddr& local,
                                   const wire::SocketAddr& remote) const noexcept;
    [[nodiscard]] Pair* find(const stun::TransactionId& id) noexcept;
    [[nodiscard]] bool awaits(const stun::TransactionId& id) const noexcept;
    [[nodiscard]] bool has_remote(const wire::SocketAddr& remote) const noexcept;
    [[nodiscard]] std::span<Pair> pairs() noexcept { return pairs_; }
    [[nodiscard]] std::span<const Pair> pairs() const noexcept { return pairs_; }
    /// True from the first pair on, even after the last one is gone.
    [[nodiscard]] bool ever_paired() const noexcept { return ever_paired_; }
    /// When the next pair is to be checked or dropped.
    [[nodiscard]] std::optional<Instant> due() const noexcept;

  private:
    void sort();

    Role role_;
    std::vector<Pair> pairs_;  ///< by descending priority
    bool ever_paired_ = false;
};

}  // namespace fz::ice
