// The end of every poll_*(): the oldest entry of a queue, or nothing.
#pragma once

#include <deque>
#include <optional>
#include <utility>

namespace fz {

template <typename T>
[[nodiscard]] std::optional<T> take_front(std::deque<T>& queue) {
    if (queue.empty()) return std::nullopt;
    std::optional<T> front(std::move(queue.front()));
    queue.pop_front();
    return front;
}

}  // namespace fz
