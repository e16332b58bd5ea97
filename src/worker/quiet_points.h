// When no worker can still be reading what the control thread replaced: QSBR of liburcu.
//
// A worker is online while it handles packets and says now and then that it holds no pointer from
// before; while it sleeps it is offline and holds none at all. Only includer of liburcu.
#pragma once

namespace fz::worker {

/// A worker thread's membership, from construction to destruction in that thread; online at first.
class QuietPoints {
  public:
    QuietPoints() noexcept;
    ~QuietPoints();
    QuietPoints(const QuietPoints&) = delete;
    QuietPoints& operator=(const QuietPoints&) = delete;

    /// The thread holds nothing that it read from published objects.
    void announce() noexcept;

    /// Around everything that may block.
    class Offline {
      public:
        Offline() noexcept;
        ~Offline();
        Offline(const Offline&) = delete;
        Offline& operator=(const Offline&) = delete;
    };
};

/// Blocks until every worker that was online has announced a quiet point or gone offline: about as
/// long as a batch takes. Called by a thread that is not a worker.
void wait_for_quiet_points() noexcept;

}  // namespace fz::worker
