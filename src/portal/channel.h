// One device's conversation with the portal: a Phoenix channel as a state machine.
//
// The shell dials, carries WebSocket text frames in both directions and tells the time; the channel
// decides what the frames mean. It lives as long as the process and survives any number of
// connections: what is queued while there is none goes out after the next join.
//
// Call one handle_* or send(), then drain poll_frame() and poll_event(), then ask poll_timeout().
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "portal/frame.h"
#include "portal/messages.h"
#include "portal/outgoing_queue.h"

namespace fz::portal {

/// The portal accepted us: the moment to clear the back-off. Comes again after each re-join.
struct Joined {};
/// Drop the connection (a Close frame with 1000 is polite) and dial again after the back-off.
struct Reconnect {
    std::string reason;
};
/// The portal does not want us; the process should end with this sentence.
struct Fatal {
    std::string reason;
};
/// A frame was ignored; worth a warning.
struct Malformed {
    std::string why;
};
using ChannelEvent = std::variant<Joined, IngressMessage, Reconnect, Fatal, Malformed>;

class Channel {
  public:
    explicit Channel(Role role) noexcept : role_(role) {}

    /// The WebSocket handshake succeeded: a join goes out first, everything else waits for it.
    void on_connected(Instant now);
    /// The connection is gone for whatever reason; also after Reconnect, once it is closed.
    void on_disconnected(Instant now);
    /// One whole text frame. Pings, pongs and binary frames do not belong here.
    void handle_text(std::string_view text, Instant now);
    /// The portal sent a Close frame (the shell echoes it).
    void handle_close(Instant now);
    /// Does what is due: join timeout, heartbeat. Harmless when nothing is.
    void handle_timeout(Instant now);

    /// Queues a message, to be sent once joined.
    void send(const EgressMessage& message, Instant now);

    /// The next text frame to write. Call again only when the previous one has been written: the
    /// call says so, and a frame not so confirmed is queued again by on_disconnected().
    [[nodiscard]] std::optional<std::string> poll_frame(Instant now);
    [[nodiscard]] std::optional<ChannelEvent> poll_event();
    [[nodiscard]] std::optional<Instant> poll_timeout() const noexcept;

    [[nodiscard]] bool is_joined() const noexcept { return state_ == State::joined; }

  private:
    enum class State : std::uint8_t {
        down,     // no connection, or one that we asked the shell to drop
        joining,  // nothing is written but the join
        joined,
        dead,  // fatal: deaf and mute for good
    };

    void start_join(Instant now);
    void rejoin(std::string_view why, Instant now);
    void leave(ChannelEvent why, State next);

    void on_frame(const Reply& reply, Instant now);
    void on_frame(const ChannelCrashed& crashed, Instant now);
    void on_frame(const ChannelClosed& closed, Instant now);
    void on_frame(const Disconnect& disconnect, Instant now);
    void on_frame(IngressMessage& message, Instant now);

    Role role_;
    State state_ = State::down;
    std::uint64_t next_ref_ = 0;  // over all frames and connections

    std::optional<std::uint64_t> join_ref_;  // written and unanswered
    bool join_due_ = false;
    Instant join_deadline_{};
    unsigned rejoins_ = 0;  // on this connection

    bool heartbeat_due_ = false;
    Instant last_heartbeat_{};
    Instant last_written_{};              // any frame
    unsigned unanswered_heartbeats_ = 0;  // since anything was heard

    OutgoingQueue outgoing_;
    std::deque<ChannelEvent> events_;
};

}  // namespace fz::portal
