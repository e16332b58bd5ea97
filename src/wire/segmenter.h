// A super-packet becomes the packets it stands for, one after the other and in its own buffer.
//
//   buffer:   | header | payload 0 | payload 1 | payload 2 |
//   next():   [ header | payload 0 ]
//   next():        [ header' | payload 1 ]             header' lies over payload 0, which is used
//   up
//
// So each segment is contiguous, ready to be sealed to somewhere else in one pass, and no payload
// is copied to make it so.
#pragma once

#include <array>
#include <cstdint>

#include "base/expected.h"
#include "wire/checksum.h"
#include "wire/ip_packet.h"
#include "wire/super_packet.h"

namespace fz::wire {

class Segmenter {
  public:
    static constexpr std::size_t kMaxHeader = 60 + 60;  ///< bytes: IPv4 and TCP with all options
    static constexpr std::size_t kMaxSegments = 65535 / 32;  ///< more is no honest segment size

    /// Borrows the packet and does not change it yet. Nothing that the kernel says is believed
    /// beyond the packet's bounds.
    /// Errors: lengths, protocols or an offload that contradict each other; a fragment
    [[nodiscard]] static Expected<Segmenter, ParseDrop> create(const SuperPacket& packet) noexcept;

    /// Segments in all: 1 without segmentation.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] bool done() const noexcept { return made_ == count_; }
    /// The next segment, whole: lengths, identification, sequence number, flags (FIN and PSH on
    /// the last, CWR on the first) and checksums are those the kernel would have made. Valid until
    /// the next call. Not to be called when done.
    /// Source: RFC 9293 3.1; Linux Documentation/networking/segmentation-offloads.rst
    [[nodiscard]] MutBytes next() noexcept;

  private:
    explicit Segmenter(MutBytes packet) noexcept : packet_(packet) {}

    std::optional<ParseDrop> parse(const Offload& offload) noexcept;
    std::optional<ParseDrop> parse_ip() noexcept;
    std::optional<ParseDrop> finish_checksum(const Offload& offload) noexcept;
    [[nodiscard]] bool is_v4() const noexcept;
    void write_ip(MutBytes header, std::size_t packet_size) const noexcept;
    void write_transport(MutBytes segment) const noexcept;

    MutBytes packet_;
    std::size_t ip_size_ = 0;       ///< of the IP header
    std::size_t header_size_ = 0;   ///< with the transport header; 0: a packet that stays whole
    std::size_t segment_size_ = 0;  ///< payload bytes of each segment but the last
    std::size_t count_ = 1;
    std::size_t made_ = 0;
    std::uint8_t protocol_ = 0;
    std::array<std::byte, kMaxHeader> header_{};  ///< of the super-packet
    InternetChecksum pseudo_;                     ///< addresses and protocol, without the length
};

}  // namespace fz::wire
