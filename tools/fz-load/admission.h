// Who may begin to connect: the portal authorises portions of the peers, one at a time, beside the
// thread that connects them; and those again that a gateway may have given up.
#pragma once

#include <deque>
#include <future>
#include <optional>

#include "base/expected.h"
#include "base/time.h"
#include "portal_door.h"

namespace fz::load {

class Admission {
  public:
    /// Peers [0, count); the portal knows them as first, first + 1, ... `portal` outlives it.
    Admission(const PortalDoor& portal, std::size_t first, std::size_t count)
        : portal_(portal), first_(first), count_(count) {}

    /// Takes the portal's answer, if it is there, and asks for the next portion, if `want_more`.
    /// Errors: the portal's.
    [[nodiscard]] Expected<void> poll(bool want_more, Instant now);
    /// The next peer that may begin.
    [[nodiscard]] std::optional<std::size_t> take();
    /// This one has failed: it needs to be authorised anew.
    void again(std::size_t peer) { failed_.push_back(peer); }

    /// With an authorisation under way.
    [[nodiscard]] Duration authorizing() const noexcept { return authorizing_; }

  private:
    struct Portion {
        std::size_t begin;
        std::size_t count;
    };
    [[nodiscard]] std::optional<Portion> next_portion(bool want_more);

    const PortalDoor& portal_;
    const std::size_t first_;
    const std::size_t count_;
    std::size_t asked_ = 0;
    std::deque<std::size_t> failed_;
    std::deque<std::size_t> admitted_;
    Portion portion_{};
    Instant asked_at_{};
    std::future<Expected<void>> answer_;
    Duration authorizing_{};
};

}  // namespace fz::load
