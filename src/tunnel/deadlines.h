// Which of many children is due next: O(log n) per change, whatever their number.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/time.h"

namespace fz::tunnel {

template <typename Key>
class Deadlines {
  public:
    /// Replaces the child's deadline; nothing means it waits for input only.
    void set(const Key& child, std::optional<Instant> deadline) {
        const auto known = of_.find(child);
        if (known != of_.end()) {
            if (deadline == known->second) return;
            queue_.erase({known->second, child});
            of_.erase(known);
        }
        if (!deadline) return;
        of_.emplace(child, *deadline);
        queue_.emplace(*deadline, child);
    }
    void erase(const Key& child) { set(child, std::nullopt); }

    [[nodiscard]] std::optional<Instant> next() const {
        return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
    }
    /// Takes one child whose deadline is not after `now`; it has no deadline until set again.
    [[nodiscard]] std::optional<Key> take_due(Instant now) {
        if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
        const Key child = queue_.begin()->second;
        erase(child);
        return child;
    }

  private:
    std::set<std::pair<Instant, Key>> queue_;
    std::map<Key, Instant> of_;
};

}  // namespace fz::tunnel
