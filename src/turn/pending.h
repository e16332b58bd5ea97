// Requests that wait for their answers.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "stun/transaction.h"
#include "stun/transaction_id.h"
#include "turn/request.h"

namespace fz::turn {

struct Pending {
    Request request;
    stun::Retransmission schedule;
    unsigned generation;  ///< Auth::generation it was signed under
    int challenges = 0;   ///< 401 and 438 answered so far
};

/// Ordered by transaction id, which is random: no order is promised, but a seed repeats it.
class PendingRequests {
  public:
    void add(const stun::TransactionId& id, Pending pending) { by_id_.emplace(id, pending); }
    /// Takes out the request a response belongs to.
    [[nodiscard]] std::optional<Pending> take(const stun::TransactionId& id);
    [[nodiscard]] const Pending* find(const stun::TransactionId& id) const;
    struct DueRequests {
        std::vector<std::pair<stun::TransactionId, Pending>> resend;
        std::vector<Pending> give_up;
    };
    /// Takes out everything that is due.
    [[nodiscard]] DueRequests take_due(Instant now);

    [[nodiscard]] bool any(Purpose purpose) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return by_id_.empty(); }
    [[nodiscard]] std::optional<Instant> deadline() const noexcept;
    /// Drops the requests that speak of an allocation; the BINDINGs stay.
    void drop_authenticated();
    void clear() noexcept { by_id_.clear(); }

  private:
    std::map<stun::TransactionId, Pending> by_id_;
};

}  // namespace fz::turn
