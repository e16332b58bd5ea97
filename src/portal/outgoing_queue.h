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

/// Holds frame bodies (everything before the ref). The body last taken stays with the queue until
/// the next take() confirms that it was written, or restore() puts it back at the front.
class OutgoingQueue {
  public:
    /// Messages; a gateway with ten thousand clients queues one or two for each while offline.
    static constexpr std::size_t kCapacity = 32768;

    /// Appends; a full queue loses its oldest message.
    void push(std::string body, Repeat repeat);
    /// The next body, or nothing. The view lives until the next call.
    [[nodiscard]] std::optional<std::string_view> take();
    void restore();

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

  private:
    struct Entry {
        std::string body;
        Repeat repeat;
    };
    void drop_front();

    std::list<Entry> waiting_;
    std::unordered_map<std::string_view, std::list<Entry>::iterator> collapsible_;
    std::optional<Entry> in_flight_;
};

}  // namespace fz::portal
