#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "udp/send_burst.h"
#include "udp/udp_socket.h"

namespace fz::udp {
namespace {

/// Cuts `bytes` off the first train, and the train off the span if nothing of it is left.
void advance(std::span<wire::OutgoingTrain>& trains, std::size_t bytes) noexcept {
    wire::OutgoingTrain& train = trains.front();
    train.bytes = train.bytes.subspan(bytes);
    if (train.bytes.empty()) trains = trains.subspan(1);
}

void lose(SendReport& report, std::size_t bytes, std::size_t segment, int error) noexcept {
    const std::size_t datagrams = wire::datagrams_in(bytes, segment);
    report.lost_datagrams += datagrams;
    report.lost_bytes += bytes;
    report.errors.add(error, datagrams);
}

/// What an error of a whole message says about its datagrams: too long for the path are only those
/// of full length, the last one may pass.
std::size_t lost_bytes(std::size_t bytes, std::size_t segment, int error) noexcept {
    return error == EMSGSIZE && segment != 0 && bytes > segment ? bytes - bytes % segment : bytes;
}

}  // namespace

std::size_t UdpSocket::limit_of(const wire::OutgoingTrain& train) const noexcept {
    if (train.segment == 0) return train.bytes.size();  // one datagram
    if (!segmentation_.works_for(train.destination.ip)) return train.segment;
    // What an IP packet can carry, with the longest IPv4 header.
    const std::size_t room = 65535 - (family_ == wire::Family::v4 ? 60 + 8 : 40 + 8);
    return std::clamp<std::size_t>(room / train.segment, 1, wire::kMaxTrain) * train.segment;
}

void UdpSocket::fill(SendBurst& burst, std::span<const wire::OutgoingTrain> trains) const noexcept {
    for (const wire::OutgoingTrain& train : trains) {
        const std::size_t limit = limit_of(train);
        Bytes rest = train.bytes;
        do {
            if (burst.full()) return;
            const Bytes chunk = rest.first(std::min(rest.size(), limit));
            burst.add(train, chunk);
            rest = rest.subspan(chunk.size());
        } while (!rest.empty());
    }
}

SendReport UdpSocket::send(std::span<wire::OutgoingTrain>& trains) noexcept {
    SendReport report;
    while (!trains.empty()) {
        SendBurst burst;
        fill(burst, trains);
        const int sent = burst.send(fd_.get());
        const int error = errno;
        for (std::size_t i = 0; sent > 0 && i < static_cast<std::size_t>(sent); ++i) {
            if (burst.segmented(i)) segmentation_.taken();
            advance(trains, burst.bytes_of(i));
        }
        if (sent >= 0) continue;
        if (error == EAGAIN) return report;
        // It was the first message; those behind it get their turn.
        const wire::OutgoingTrain& train = trains.front();
        const std::size_t bytes = burst.bytes_of(0);
        if (burst.segmented(0) && (error == EIO || error == EINVAL)) {
            const std::size_t done = send_one_by_one(train, bytes, error, report);
            advance(trains, done);
            if (done < bytes) return report;
        } else {
            const std::size_t lost = lost_bytes(bytes, train.segment, error);
            lose(report, lost, train.segment, error);
            advance(trains, lost);
        }
    }
    return report;
}

std::size_t UdpSocket::send_one_by_one(const wire::OutgoingTrain& train, std::size_t bytes,
                                       int refusal, SendReport& report) noexcept {
    std::size_t done = 0;
    while (done < bytes) {
        const Bytes datagram = train.bytes.subspan(done, std::min(train.segment, bytes - done));
        SendBurst one;
        one.add(train, datagram);
        if (one.send(fd_.get()) < 0) {
            if (errno == EAGAIN) return done;
            lose(report, datagram.size(), train.segment, errno);
        } else if (done == 0) {
            learn_refusal(train.destination.ip, refusal);
        }
        done += datagram.size();
    }
    return done;
}

void UdpSocket::learn_refusal(const wire::IpAddr& destination, int refusal) noexcept {
    segmentation_.refused(destination);
    if (segmentation_.on()) {
        FZ_LOG(debug, "the kernel does not segment UDP on the way to one destination",
               kv("destination", destination), kv("errno", refusal));
    } else {
        FZ_LOG(info, "the kernel does not segment UDP; datagrams go one by one from now on",
               kv("family", family_ == wire::Family::v4 ? "IPv4" : "IPv6"), kv("errno", refusal));
    }
}

}  // namespace fz::udp
