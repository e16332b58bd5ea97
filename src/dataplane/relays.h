// The relays' server sockets and their bound channels, as the packet path needs them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "wire/channel_data.h"
#include "wire/ip_addr.h"

namespace fz::dataplane {

/// Which channels of one relay carry data: control binds, workers look and mark what they used.
class RelayChannels {
  public:
    // The control thread.
    void bind(wire::ChannelNumber channel) noexcept { at(channel).store(kBound); }
    void unbind(wire::ChannelNumber channel) noexcept { at(channel).store(kUnbound); }
    /// True if data arrived on the channel since the last call.
    [[nodiscard]] bool take_used(wire::ChannelNumber channel) noexcept {
        std::uint8_t used = kUsed;
        return at(channel).compare_exchange_strong(used, kBound);
    }

    // Workers.
    /// Marks the channel as used; false if it is not bound.
    [[nodiscard]] bool use(wire::ChannelNumber channel) noexcept {
        auto& state = at(channel);
        const std::uint8_t seen = state.load(std::memory_order_relaxed);
        if (seen == kBound) {
            std::uint8_t bound = kBound;
            return state.compare_exchange_strong(bound, kUsed) || bound == kUsed;
        }
        return seen == kUsed;
    }

  private:
    enum State : std::uint8_t { kUnbound, kBound, kUsed };
    static constexpr std::size_t kChannels =
        wire::kLastChannel.value - wire::kFirstChannel.value + 1;

    [[nodiscard]] std::atomic<std::uint8_t>& at(wire::ChannelNumber channel) noexcept {
        FZ_ASSERT(channel >= wire::kFirstChannel && channel <= wire::kLastChannel);
        return states_[static_cast<std::size_t>(channel.value - wire::kFirstChannel.value)];
    }

    std::array<std::atomic<std::uint8_t>, kChannels> states_{};
};

/// Immutable; a gateway has two relays of two sockets each, so a linear search is the fastest.
class RelayTable {
  public:
    struct Server {
        wire::SocketAddr socket;
        RelayChannels* channels;
    };
    explicit RelayTable(std::vector<Server> servers) : servers_(std::move(servers)) {}

    [[nodiscard]] const Server* find(const wire::SocketAddr& socket) const noexcept {
        for (const Server& server : servers_)
            if (server.socket == socket) return &server;
        return nullptr;
    }
    [[nodiscard]] const std::vector<Server>& servers() const noexcept { return servers_; }

  private:
    std::vector<Server> servers_;
};

}  // namespace fz::dataplane
