// Messages waiting for the portal: first in, first out, bounded, each candidate list only once.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fz::portal {

/// What a message is worth when an equal one is queued again.
enum class Repeat : unsigned char {
    keep,      ///< both are sent
    collapse,  ///< only the later one is: "add X, withdraw X, add X" must end with X present
};

/// Holds frame bodies (everything before the ref). The body last taken is remembered until either
/// confirm() says that it was written or restore() puts it back at the front.
class OutgoingQueue {
  public:
    /// Messages; a gateway with ten thousand clients queues one or two for each while offline.
    static constexpr std::size_t kCapacity = 32768;
    static constexpr std::size_t kCapacityBytes = std::size_t{32} << 20;

    /// Appends; a full queue loses its oldest messages.
    void push(std::string body, Repeat repeat);
    /// The next body, or nothing. Confirms the one before.
    [[nodiscard]] std::optional<std::string> take();
    void confirm() noexcept { in_flight_.reset(); }
    void restore();

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

  private:
    struct Entry {
        std::string body;
        Repeat repeat;
    };
    Entry pop_front();

    std::list<Entry> waiting_;
    std::size_t bytes_ = 0;  // of the waiting bodies
    std::unordered_map<std::string_view, std::list<Entry>::iterator> collapsible_;
    std::optional<Entry> in_flight_;
};

}  // namespace fz::portal
