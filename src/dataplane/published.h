// An immutable object that the control thread swaps under the workers' eyes.
#pragma once

#include <atomic>
#include <memory>

#include "dataplane/graveyard.h"

namespace fz::dataplane {

template <typename T>
class Published {
  public:
    Published() = default;
    Published(const Published&) = delete;
    Published& operator=(const Published&) = delete;
    ~Published() { delete object_.load(std::memory_order_relaxed); }

    /// Any thread; valid until its next quiet point. nullptr before the first publication.
    [[nodiscard]] const T* get() const noexcept { return object_.load(std::memory_order_acquire); }

    /// The control thread only. Readers see the successor from now on.
    void publish(std::unique_ptr<const T> successor, Graveyard& graveyard) {
        graveyard.bury(std::unique_ptr<const T>(
            object_.exchange(successor.release(), std::memory_order_acq_rel)));
    }

  private:
    std::atomic<const T*> object_{nullptr};
};

}  // namespace fz::dataplane
