// Sealed datagrams that wait for the socket: one arena, and the trains that lie in it.
//
// Datagrams are sealed straight into their place behind the one before, so that a row of equal ones
// for one destination is ready for UDP_SEGMENT without a copy.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/inplace_vector.h"
#include "dataplane/path.h"
#include "wire/train.h"
#include "wire/transmit.h"

namespace fz::dataplane {

class Departures {
  public:
    static constexpr std::size_t kMaxTrains = 256;             ///< per family
    static constexpr std::size_t kArena = 384 * 1024;          ///< bytes
    static_assert(kArena >= kMaxTrains * wire::kMaxDatagram);  // a batch of single datagrams fits

    Departures() : arena_(std::make_unique<std::byte[]>(kArena)) {}

    /// True if `datagrams` of one flow, all as long but the last, surely fit; `bytes` in all.
    [[nodiscard]] bool has_room(std::size_t datagrams, std::size_t bytes) const noexcept;
    /// Room for one datagram by `path`, its ChannelData header (if any) included and written. It
    /// joins the last train where the kernel's rules allow: same addresses and mark, no longer than
    /// the first, none behind a shorter one.
    /// Returns the payload's `size` bytes; the caller fills all of them.
    [[nodiscard]] MutBytes append(const Path& path, wire::Ecn ecn, std::size_t size) noexcept;

    [[nodiscard]] std::span<wire::OutgoingTrain> trains(wire::Family family) noexcept {
        Trains& chosen = line_of(family).trains;
        return {chosen.data(), chosen.size()};
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return used_; }
    [[nodiscard]] bool empty() const noexcept { return v4_.trains.empty() && v6_.trains.empty(); }
    void clear() noexcept;

  private:
    using Trains = InplaceVector<wire::OutgoingTrain, kMaxTrains>;
    struct Line {
        Trains trains;
        std::size_t datagrams = 0;  ///< of the last train
        bool open = false;          ///< all of them are as long as the first
    };

    [[nodiscard]] Line& line_of(wire::Family family) noexcept {
        return family == wire::Family::v4 ? v4_ : v6_;
    }
    [[nodiscard]] bool may_join(const Line& line, const Path& path, wire::Ecn ecn,
                                std::size_t size) const noexcept;

    std::unique_ptr<std::byte[]> arena_;
    std::size_t used_ = 0;
    Line v4_;
    Line v6_;
};

}  // namespace fz::dataplane
