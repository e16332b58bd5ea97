// What the packet path knows of one connected client: its sessions, its path, its access.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "dataplane/activity.h"
#include "dataplane/graveyard.h"
#include "dataplane/path.h"
#include "dataplane/peer_guard.h"
#include "dataplane/published.h"
#include "dataplane/session.h"
#include "dataplane/traffic.h"
#include "policy/access.h"

namespace fz::dataplane {

/// The control thread installs and withdraws; workers read and switch to a newer session when the
/// peer has shown that it has it.
class PeerState {
  public:
    explicit PeerState(std::uint32_t slot) noexcept : slot_(slot) {}
    PeerState(const PeerState&) = delete;
    PeerState& operator=(const PeerState&) = delete;
    ~PeerState();

    /// The upper 24 bits of every receiver index of this peer.
    [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }

    // Workers.
    /// The session with exactly this receiver index, or nullptr.
    [[nodiscard]] Session* session(std::uint32_t receiver_index) const noexcept;
    /// The session to send with, or nullptr.
    [[nodiscard]] Session* sending() const noexcept;
    /// A packet was opened with `session`. Returns true if it thereby became the one to send with:
    /// it was a responder's, unused until now, and is not older than the current one.
    bool confirm(Session& session) noexcept;
    [[nodiscard]] const Path* path() const noexcept { return path_.get(); }
    [[nodiscard]] const policy::Access* access() const noexcept { return access_.get(); }
    [[nodiscard]] PeerGuard& guard() noexcept { return guard_; }
    /// What the packet path did; control takes it.
    [[nodiscard]] ActivityRecord& activity() noexcept { return activity_; }
    /// What was opened, whether it was let through or not.
    [[nodiscard]] TrafficMeter& received() noexcept { return received_; }
    [[nodiscard]] const TrafficMeter& received() const noexcept { return received_; }
    /// What was sealed.
    [[nodiscard]] TrafficMeter& sent() noexcept { return sent_; }
    [[nodiscard]] const TrafficMeter& sent() const noexcept { return sent_; }

    // The control thread.
    enum class Use : std::uint8_t { now, once_confirmed };
    /// Replaces whatever session lies in the same one of eight places.
    void install(std::unique_ptr<Session> session, Use use, Graveyard& graveyard);
    void withdraw(std::uint32_t local_index, Graveyard& graveyard);
    /// The receiver index of the session to send with.
    [[nodiscard]] std::optional<std::uint32_t> sending_index() const noexcept;
    void set_path(const Path& path, Graveyard& graveyard);
    void set_access(std::unique_ptr<const policy::Access> access, Graveyard& graveyard);

  private:
    static constexpr std::size_t kSessions = 8;  ///< as many as one re-key burst can leave behind

    [[nodiscard]] std::atomic<Session*>& place_of(std::uint32_t index) noexcept {
        return sessions_[index % kSessions];
    }

    const std::uint32_t slot_;
    std::array<std::atomic<Session*>, kSessions> sessions_{};
    /// The receiver index of the session to send with. An index and not a pointer: a session that
    /// was withdrawn while a worker confirmed it is then simply not found.
    static constexpr std::uint64_t kNone = ~std::uint64_t{0};
    std::atomic<std::uint64_t> sending_{kNone};
    Published<Path> path_;
    Published<policy::Access> access_;
    PeerGuard guard_;
    ActivityRecord activity_;
    TrafficMeter received_;
    TrafficMeter sent_;
};

}  // namespace fz::dataplane
