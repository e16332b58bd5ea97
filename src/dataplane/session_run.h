// Data messages of one session that follow each other in a batch, opened together.
#pragma once

#include "base/time.h"
#include "dataplane/lane.h"
#include "dataplane/session.h"

namespace fz::dataplane {

/// Collects messages until one belongs to another session, then opens them all at once: one look at
/// the window, one key, one note to control.
class SessionRun {
  public:
    SessionRun(Instant now, Lane& lane) noexcept : now_(now), lane_(lane) {}
    SessionRun(const SessionRun&) = delete;
    SessionRun& operator=(const SessionRun&) = delete;
    /// Opens what is left.
    ~SessionRun() { finish(); }

    /// True if the next message for this receiver index needs no look-up.
    [[nodiscard]] bool continues(std::uint32_t receiver_index) const noexcept {
        return session_ != nullptr && session_->local_index() == receiver_index;
    }
    /// Ends the run so far; messages are of this session of this peer from now on.
    void begin(PeerState& peer, Session& session) noexcept;
    void add(MutBytes message, wire::Ecn ecn) noexcept;
    /// Opens what was collected: into `lane.opened`, or counted as a drop or a keep-alive.
    void finish() noexcept;

  private:
    /// Adds a packet to `packets`.
    void deliver(const DataMessage& message, Traffic& packets) noexcept;

    const Instant now_;
    Lane& lane_;
    PeerState* peer_ = nullptr;
    Session* session_ = nullptr;
    InplaceVector<DataMessage, Session::kRun> messages_;
};

}  // namespace fz::dataplane
