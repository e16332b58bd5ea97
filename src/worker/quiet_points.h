// When no worker can still be reading what the control thread replaced: QSBR of liburcu.
//
// A worker is online while it handles packets. Between two turns it goes offline, if only for a
// moment, and holds no pointer from before. Only includer of liburcu.
#pragma once

namespace fz::worker {

/// A worker thread's membership, from construction to destruction in that thread; online at first.
class QuietPoints {
  public:
    QuietPoints() noexcept;
    ~QuietPoints();
    QuietPoints(const QuietPoints&) = delete;
    QuietPoints& operator=(const QuietPoints&) = delete;

    /// A quiet point, from construction to destruction: around everything that may block. The
    /// thread holds nothing that it read from published objects.
    class Offline {
      public:
        Offline() noexcept;
        ~Offline();
        Offline(const Offline&) = delete;
        Offline& operator=(const Offline&) = delete;
    };
};

/// Blocks until every worker that was online has reached a quiet point: about as long as a batch
/// takes. Called by a thread that is not a worker.
void wait_for_quiet_points() noexcept;

}  // namespace fz::worker
