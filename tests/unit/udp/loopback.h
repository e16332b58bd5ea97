// Two UDP sockets on the loopback interface, and trains between them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "udp/udp_socket.h"
#include "unit/udp/fence.h"
#include "unit/wire/packets.h"

namespace fz::udp {

using wire::Ecn;
using wire::Family;
using wire::IpAddr;
using wire::SocketAddr;

using Strings = std::vector<std::string>;

/// `count` datagrams of `size` bytes, each of another letter, and a tail.
inline std::string letters(std::size_t count, std::size_t size, std::string_view tail = "") {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text.append(size, static_cast<char>('a' + i % 26));
    return text += tail;
}
/// The datagrams that a train of these bytes is.
inline Strings cut(std::string_view text, std::size_t segment) {
    Strings parts;
    if (text.empty()) parts.emplace_back();
    for (std::size_t at = 0; at < text.size(); at += segment)
        parts.emplace_back(text.substr(at, segment));
    return parts;
}
inline void append(Strings& all, Strings more) {
    for (std::string& each : more) all.push_back(std::move(each));
}

/// A train that was received, with bytes of its own.
struct Received {
    std::string bytes;
    std::size_t segment;
    SocketAddr source;
    SocketAddr local;
    Ecn ecn;
};
/// The datagrams of all trains, one by one.
inline Strings datagrams(const std::vector<Received>& trains) {
    Strings all;
    for (const Received& in : trains) append(all, cut(in.bytes, in.segment));
    return all;
}

class SocketPair {
  public:
    /// Nothing if the family cannot be had.
    [[nodiscard]] static std::unique_ptr<SocketPair> of(Family family) {
        auto sender = UdpSocket::bind(family, {.preferred_port = 0});
        auto receiver = UdpSocket::bind(family, {.preferred_port = 0});
        if (!sender || !receiver) return nullptr;
        return std::unique_ptr<SocketPair>(
            new SocketPair(std::move(sender).value(), std::move(receiver).value()));
    }

    /// To the receiver, unless changed.
    [[nodiscard]] wire::OutgoingTrain train(std::string_view bytes, std::size_t segment) const {
        return {.bytes = as_bytes(bytes),
                .segment = segment,
                .source = {},
                .destination = at(receiver),
                .ecn = {}};
    }
    [[nodiscard]] static SocketAddr at(const UdpSocket& socket) {
        return {test::ip(socket.family() == Family::v4 ? "127.0.0.1" : "::1"), socket.port()};
    }
    SendReport send(std::vector<wire::OutgoingTrain> trains) {
        return send(sender, std::move(trains));
    }
    SendReport send(UdpSocket& from, std::vector<wire::OutgoingTrain> trains) {
        std::span<wire::OutgoingTrain> rest(trains);
        const SendReport report = from.send(rest);
        EXPECT_TRUE(rest.empty());
        fence.wait();
        return report;
    }
    /// Everything that has arrived: what was sent with the functions above, or before a fence.
    std::vector<Received> receive_all() { return receive_all(receiver); }
    std::vector<Received> receive_all(UdpSocket& socket) {
        std::vector<Received> all;
        for (bool drained = false; !drained;) {
            TrainBatch batch;
            const ReceiveReport report = socket.receive(buffer, batch);
            EXPECT_TRUE(report.errors.empty());
            EXPECT_EQ(report.oversized, 0U);
            EXPECT_EQ(report.unaddressed, 0U);
            drained = report.drained;
            for (const wire::IncomingTrain& in : batch)
                all.push_back(
                    {std::string(as_text(in.bytes)), in.segment, in.source, in.local, in.ecn});
        }
        return all;
    }

    UdpSocket sender;
    UdpSocket receiver;
    ReceiveBuffer buffer;
    test::Fence fence;

  private:
    SocketPair(UdpSocket from, UdpSocket to) : sender(std::move(from)), receiver(std::move(to)) {}
};

/// A pair of each family, if the machine has it.
class Loopback : public ::testing::TestWithParam<Family> {
  protected:
    void SetUp() override {
        pair_ = SocketPair::of(GetParam());
        if (!pair_) GTEST_SKIP() << "this machine lacks the family";
    }
    [[nodiscard]] UdpSocket& sender() { return pair_->sender; }
    [[nodiscard]] UdpSocket& receiver() { return pair_->receiver; }
    [[nodiscard]] static SocketAddr at(const UdpSocket& socket) { return SocketPair::at(socket); }
    [[nodiscard]] wire::OutgoingTrain train(std::string_view bytes, std::size_t segment) const {
        return pair_->train(bytes, segment);
    }
    SendReport send(std::vector<wire::OutgoingTrain> trains) {
        return pair_->send(std::move(trains));
    }
    std::vector<Received> receive_all() { return pair_->receive_all(); }

    std::unique_ptr<SocketPair> pair_;
};

inline std::string name_of(const ::testing::TestParamInfo<Family>& family) {
    return family.param == Family::v4 ? "v4" : "v6";
}

}  // namespace fz::udp
