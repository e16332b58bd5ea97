// Feeds lines as text frames to a channel that is connected, joined, and sends: it must stay within
// its contract whatever the portal says. The first byte picks the role.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/assert.h"
#include "portal/channel.h"

namespace {

using namespace fz;
using namespace fz::portal;

/// Plays the shell: writes all frames, takes all events, reconnects when asked to.
void drain(Channel& channel, std::size_t lines_so_far, Instant now) {
    const std::size_t limit = 16 + lines_so_far;  // one message is queued per line
    std::size_t steps = 0;
    while (channel.poll_frame(now)) FZ_ASSERT(++steps < limit);
    while (const auto event = channel.poll_event()) {
        FZ_ASSERT(++steps < limit);
        if (!std::holds_alternative<Reconnect>(*event)) continue;
        FZ_ASSERT(!channel.poll_timeout());
        channel.on_disconnected(now);
        channel.on_connected(now);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Role role = data[0] % 2 == 0 ? Role::gateway : Role::client;
    std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    Channel channel(role);
    Instant now{1s};
    channel.on_connected(now);
    std::size_t lines = 0;
    for (; !input.empty(); ++lines) {
        drain(channel, lines, now);
        const std::string_view frame = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(frame.size() + 1, input.size()));
        channel.handle_text(frame, now);
        channel.send(BroadcastIceCandidates{{Uuid{}}, {std::string(frame.substr(0, 64))}}, now);
        now += 1s;
        channel.handle_timeout(now);
    }
    drain(channel, lines, now);
    return 0;
}
