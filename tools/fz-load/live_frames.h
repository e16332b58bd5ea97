// Puts frames on a cable, one by one, as a network card would deliver them: no sender's offload
// makes trains of them. The kernel's live-frame test run does it (BPF_PROG_TEST_RUN with
// BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18): a program that answers XDP_TX sends each frame out of
// the interface that it seems to have come in on, here one end of a veth pair. The program itself
// keeps to the pace: a call costs some 25 ms, so it has to last.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/expected.h"
#include "options.h"
#include "os/unique_fd.h"

namespace fz::load {

class LiveFrames {
  public:
    /// Room for a power of two of frames, all of one size (bytes). What the device is plugged into
    /// must have NAPI on (a program, or GRO). Errors: no such device, no permission.
    [[nodiscard]] static Expected<LiveFrames> open(const Injection& where, std::size_t frames,
                                                   std::size_t frame_size);
    LiveFrames(LiveFrames&& other) noexcept;
    ~LiveFrames();

    /// What the frames with this number, modulo their count, look like when they are sent.
    [[nodiscard]] MutBytes frame(std::size_t number) noexcept;

    /// Sends frames 0, 1, 2, ... up to the limit; ends after `tries` frames, sent or held back by
    /// the limit, by default some tenths of a second.
    [[nodiscard]] Expected<void> run(std::uint32_t tries = 1 << 22);

    // From any thread.
    [[nodiscard]] std::uint64_t sent() const noexcept;
    /// Frames that `sent` may reach.
    void allow_up_to(std::uint64_t limit) noexcept;

  private:
    /// What the program and we share: the one value of an array map.
    struct Pace {
        std::uint64_t sent;
        std::uint64_t limit;
    };
    /// The memory of a map.
    class Mapped {
      public:
        Mapped() = default;
        Mapped(Mapped&& other) noexcept;
        ~Mapped();
        [[nodiscard]] Expected<void> open(std::size_t value_size, std::size_t values);
        [[nodiscard]] int fd() const noexcept { return fd_.get(); }
        [[nodiscard]] std::byte* data() const noexcept { return data_; }

      private:
        os::UniqueFd fd_;
        std::byte* data_ = nullptr;
        std::size_t size_ = 0;
    };
    LiveFrames(const Injection& where, std::size_t frames, std::size_t frame_size);
    [[nodiscard]] Expected<void> load();
    [[nodiscard]] Expected<void> run_here(std::uint32_t tries) const;
    [[nodiscard]] Pace& pace() const noexcept { return *reinterpret_cast<Pace*>(pace_.data()); }

    Injection where_;
    std::size_t frames_;
    std::size_t frame_size_;
    Mapped pace_;
    Mapped room_;
    os::UniqueFd program_;
};

}  // namespace fz::load
