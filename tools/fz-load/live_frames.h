// Puts copies of one frame on a cable, one by one, as a network card would deliver them: no
// sender's offload makes trains of them. The kernel's live-frame test run does it
// (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18): a program that answers XDP_TX
// sends each frame out of the interface that it seems to have come in on, here one end of a veth
// pair.
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

    /// Sends `count` copies; those that the other end has no room for are lost without a word.
    /// Called in the namespace of `open`.
    [[nodiscard]] Expected<void> send(std::uint32_t count);

  private:
    LiveFrames(os::UniqueFd program, unsigned interface, Bytes frame)
        : program_(std::move(program)), interface_(interface), frame_(frame.begin(), frame.end()) {}

    os::UniqueFd program_;
    unsigned interface_;
    std::vector<std::byte> frame_;
};

}  // namespace fz::load
