#include "worker/quiet_points.h"

#include <urcu-qsbr.h>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace fz::worker {
namespace {

// ThreadSanitizer does not see into liburcu: tell it what a grace period orders.
#if defined(__SANITIZE_THREAD__)
char grace_period;
void tell_sanitizer_quiet() noexcept { __tsan_release(&grace_period); }
void tell_sanitizer_waited() noexcept { __tsan_acquire(&grace_period); }
#else
void tell_sanitizer_quiet() noexcept {}
void tell_sanitizer_waited() noexcept {}
#endif

}  // namespace

QuietPoints::QuietPoints() noexcept { urcu_qsbr_register_thread(); }

QuietPoints::~QuietPoints() {
    tell_sanitizer_quiet();
    urcu_qsbr_unregister_thread();
}

QuietPoints::Offline::Offline() noexcept {
    tell_sanitizer_quiet();
    urcu_qsbr_thread_offline();
}

QuietPoints::Offline::~Offline() { urcu_qsbr_thread_online(); }

void wait_for_quiet_points() noexcept {
    urcu_qsbr_synchronize_rcu();
    tell_sanitizer_waited();
}

}  // namespace fz::worker
