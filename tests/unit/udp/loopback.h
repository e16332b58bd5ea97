// Two UDP sockets on the loopback interface, and trains between them.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <vector>

#include "udp/udp_socket.h"
#include "unit/wire/packets.h"

namespace fz::udp {

using wire::Ecn;
using wire::Family;
using wire::IpAddr;
using wire::SocketAddr;

/// A train that was received, with bytes of its own.
struct Received {
    std::string bytes;
    std::size_t segment;
    SocketAddr source;
    SocketAddr local;
    Ecn ecn;
};

class Loopback : public ::testing::TestWithParam<Family> {
  protected:
    void SetUp() override {
        for (auto* socket : {&sender_, &receiver_}) {
            auto bound = UdpSocket::bind(GetParam(), {.preferred_port = 0});
            if (!bound) GTEST_SKIP() << bound.error().to_string();
            *socket = std::make_unique<UdpSocket>(std::move(*bound));
        }
    }
    [[nodiscard]] SocketAddr at(const UdpSocket& socket) const {
        return {*IpAddr::parse(GetParam() == Family::v4 ? "127.0.0.1" : "::1"), socket.port()};
    }
    /// To the receiver, unless changed.
    [[nodiscard]] wire::OutgoingTrain train(std::string_view bytes, std::size_t segment) const {
        return {.bytes = as_bytes(bytes),
                .segment = segment,
                .source = {},
                .destination = at(*receiver_),
                .ecn = {}};
    }
    SendReport send(std::vector<wire::OutgoingTrain> trains) {
        std::span<wire::OutgoingTrain> rest(trains);
        const SendReport report = sender_->send(rest);
        EXPECT_TRUE(rest.empty());
        return report;
    }
    /// Everything that has arrived.
    std::vector<Received> receive_all() { return receive_all(*receiver_); }
    std::vector<Received> receive_all(UdpSocket& socket) {
        std::vector<Received> all;
        for (bool drained = false; !drained;) {
            TrainBatch batch;
            const ReceiveReport report = socket.receive(buffer_, batch);
            EXPECT_TRUE(report.errors.empty());
            drained = report.drained;
            for (const wire::IncomingTrain& in : batch)
                all.push_back(
                    {std::string(as_text(in.bytes)), in.segment, in.source, in.local, in.ecn});
        }
        return all;
    }
    /// The datagrams of all trains, one by one.
    static std::vector<std::string> datagrams(const std::vector<Received>& trains) {
        std::vector<std::string> all;
        for (const Received& in : trains) {
            if (in.bytes.empty()) all.emplace_back();
            for (std::size_t at = 0; at < in.bytes.size(); at += in.segment)
                all.push_back(in.bytes.substr(at, in.segment));
        }
        return all;
    }

    std::unique_ptr<UdpSocket> sender_;
    std::unique_ptr<UdpSocket> receiver_;
    ReceiveBuffer buffer_;
};

inline std::string name_of(const ::testing::TestParamInfo<Family>& family) {
    return family.param == Family::v4 ? "v4" : "v6";
}

}  // namespace fz::udp
