// The peer's candidates: signalled, learned from its checks, or guessed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/inplace_vector.h"
#include "ice/pair.h"

namespace fz::ice {

/// At most kMaxRemotes are kept; when full, the oldest one without a pair makes room.
class RemoteCandidates {
  public:
    static constexpr std::size_t kMaxRemotes = 100;
    static constexpr std::size_t kMaxGuesses = 2;  ///< per signalled candidate
    using Guesses = InplaceVector<PairEnd, kMaxGuesses>;

    /// Adds or revives a candidate; one learned from a check at the same address gives way to it.
    void add(const PairEnd& remote);
    /// A withdrawn relayed address stays barred from being learned, because nobody is behind it any
    /// more. Others are forgotten: if a check still comes from there, the way is open.
    void remove(const wire::SocketAddr& address, CandidateKind kind);
    /// Forgets the oldest candidate for which `in_use(address)` is false, if there is no room for
    /// one more. False if there is still none.
    template <typename InUse>
    bool make_room(InUse in_use) {
        if (remotes_.size() < kMaxRemotes) return true;
        for (auto it = remotes_.begin(); it != remotes_.end(); ++it) {
            if (in_use(it->address)) continue;
            remotes_.erase(it);
            return true;
        }
        return false;
    }

    /// Candidates nobody signalled: the public IPv4 address of one srflx with the port of one host,
    /// which is right if the peer's router forwards that port but maps outgoing traffic elsewhere.
    [[nodiscard]] Guesses guesses() const;

    [[nodiscard]] const PairEnd* find(const wire::SocketAddr& address) const noexcept;
    [[nodiscard]] bool barred(const wire::SocketAddr& address) const noexcept;
    [[nodiscard]] std::span<const PairEnd> all() const noexcept { return remotes_; }

  private:
    std::vector<PairEnd> remotes_;          ///< oldest first
    std::vector<wire::SocketAddr> barred_;  ///< the last kMaxRemotes
};

}  // namespace fz::ice
