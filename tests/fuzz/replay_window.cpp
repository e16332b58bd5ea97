// Random walks of counters through the replay window, against a set that remembers everything.
#include "noise/replay_window.h"

#include <cstdint>
#include <optional>
#include <set>

#include "base/assert.h"
#include "base/bytes.h"

namespace {

using fz::noise::ReplayWindow;

constexpr std::uint64_t kReach = 8128;                   // counters behind the greatest one
constexpr std::uint64_t kLimit = 18446744073709543423u;  // WireGuard 6.1

class Oracle {
  public:
    [[nodiscard]] bool accept(std::uint64_t counter) {
        if (counter >= kLimit || counter + kReach < greatest()) return false;
        return seen_.insert(counter).second;
    }
    [[nodiscard]] std::uint64_t greatest() const { return seen_.empty() ? 0 : *seen_.rbegin(); }

  private:
    std::set<std::uint64_t> seen_;
};

/// One step: a byte that chooses the kind of step, two bytes that say how far.
[[nodiscard]] std::uint64_t next_counter(fz::Reader& steps, std::uint64_t greatest) {
    const std::uint8_t kind = steps.u8();
    const std::uint64_t far = steps.be<std::uint16_t>();
    switch (kind % 4) {
        case 0:
            return greatest + far % 256;
        case 1:
            return greatest - far;
        case 2:
            return greatest + (far << kind / 4 % 48);
        default:
            return far;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fz::Reader steps(std::as_bytes(std::span(data, size)));
    ReplayWindow window;
    Oracle oracle;
    while (!steps.at_end() && steps.ok()) {
        const std::uint64_t counter = next_counter(steps, oracle.greatest());
        const bool expected = oracle.accept(counter);
        FZ_ASSERT(window.check(counter) == expected);
        FZ_ASSERT(window.accept(counter) == expected);
        FZ_ASSERT(!window.check(counter));
    }
    return 0;
}
