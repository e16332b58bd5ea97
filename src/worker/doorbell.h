// How workers wake the control thread, and how seldom.
//
// Urgent mail rings at once. News of active peers come with nearly every batch, so they ring only
// while control dozes; a control thread that is up comes by every 100 ms by itself, for as long as
// it finds something (the same bargain as NAPI's).
#pragma once

#include <atomic>

#include "base/expected.h"
#include "base/time.h"
#include "dataplane/output.h"
#include "os/unique_fd.h"

namespace fz::worker {

class Doorbell {
  public:
    static constexpr Duration kRound = 100ms;  ///< between two looks of a control thread that is up

    /// Errors: no descriptors left.
    [[nodiscard]] static Expected<Doorbell> create();
    Doorbell(Doorbell&& other) noexcept : fd_(std::move(other.fd_)) {}

    // Workers, after the mail was posted.
    void ring(dataplane::Urgency urgency) noexcept;

    // The control thread.
    /// Readable when somebody rang.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Before it looks at the mail.
    void answer() noexcept;
    /// It found nothing and wants to be woken; it must look once more after this.
    void doze() noexcept { dozing_.store(true); }

  private:
    explicit Doorbell(os::UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    os::UniqueFd fd_;  // an eventfd
    std::atomic<bool> dozing_{true};
};

}  // namespace fz::worker
