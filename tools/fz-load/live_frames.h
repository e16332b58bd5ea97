// Puts copies of one frame on a cable, one by one, as a network card would deliver them: no
// sender's offload makes trains of them. The kernel's live-frame test run does it
// (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18): a program that answers XDP_TX
// sends each frame out of the interface that it seems to have come in on, here one end of a veth
// pair. The program itself keeps to the pace: a call costs some 25 ms, so it has to last.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::load {

class LiveFrames {
  public:
    /// `device` is in this thread's network namespace; what it is plugged into must have NAPI on
    /// (a program, or GRO). Errors: no such device, no permission.
    [[nodiscard]] static Expected<LiveFrames> open(const std::string& device, Bytes frame);
    LiveFrames(LiveFrames&& other) noexcept;
    ~LiveFrames();

    /// Sends while fewer copies than the limit have been sent, for some tenths of a second. Called
    /// in the namespace of `open`.
    [[nodiscard]] Expected<void> run();

    // From any thread.
    [[nodiscard]] std::uint64_t sent() const noexcept;
    void allow_up_to(std::uint64_t limit) noexcept;

  private:
    /// What the program and we share: a page of an array map.
    struct Pace {
        std::uint64_t sent;
        std::uint64_t limit;
    };
    LiveFrames() = default;
    [[nodiscard]] Expected<void> load();

    os::UniqueFd map_;
    os::UniqueFd program_;
    Pace* pace_ = nullptr;
    unsigned interface_ = 0;
    std::vector<std::byte> frame_;
};

}  // namespace fz::load
