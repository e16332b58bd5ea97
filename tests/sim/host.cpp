#include "sim/host.h"

#include <gtest/gtest.h>

#include <utility>

namespace fz::sim {

void Host::run(std::unique_ptr<tunnel::Endpoint> endpoint) {
    endpoint_ = std::move(endpoint);
    datagrams_.clear();
    messages_.clear();
    packets_.clear();
}

bool Host::is_due(Now now) const {
    if (endpoint_ == nullptr) return false;
    const auto due = endpoint_->poll_timeout();
    return !datagrams_.empty() || !messages_.empty() || !packets_.empty() || stopping_ ||
           (due && *due <= now.instant);
}

std::optional<Instant> Host::poll_timeout() const {
    return endpoint_ == nullptr ? std::nullopt : endpoint_->poll_timeout();
}

packet::Packet Host::frame_of(const Buffer& bytes) {
    auto frame = frames_.take();
    frame->resize(bytes.size());
    Writer(frame->bytes()).bytes(bytes);
    return std::move(*frame);
}

void Host::tick(Now now) {
    while (!datagrams_.empty()) ingress(now);
    while (!packets_.empty()) egress(now);
    for (; !messages_.empty(); messages_.pop_front())
        endpoint_->handle_portal(std::move(messages_.front()), now);
    if (const auto due = endpoint_->poll_timeout(); due && *due <= now.instant)
        endpoint_->handle_timeout(now);
    if (stopping_) endpoint_->shut_down(now);
    drain(now);
    endpoint_->quiet_point();
    if (std::exchange(stopping_, false)) return run(nullptr);
    const auto due = endpoint_->poll_timeout();
    EXPECT_TRUE(!due || *due > now.instant) << name_ << " left a deadline undone";
}

void Host::ingress(Now now) {
    dataplane::DatagramBatch batch;
    for (; !batch.full() && !datagrams_.empty(); datagrams_.pop_front()) {
        const Datagram& datagram = datagrams_.front();
        batch.push_back({frame_of(datagram.payload), datagram.from, datagram.to, datagram.ecn});
    }
    dataplane::Output output;
    endpoint_->ingress(batch, now, output);
    EXPECT_TRUE(batch.empty());
    empty(output, now);
}

void Host::egress(Now now) {
    packet::Batch batch;
    for (; !batch.full() && !packets_.empty(); packets_.pop_front())
        batch.push_back(frame_of(packets_.front()));
    dataplane::Output output;
    endpoint_->egress(batch, now, output);
    EXPECT_TRUE(batch.empty());
    empty(output, now);
}

void Host::empty(dataplane::Output& output, Now now) {
    for (const packet::Packet& packet : output.to_tun)
        from_tun.emplace_back(packet.bytes().begin(), packet.bytes().end());
    for (const dataplane::Outgoing& out : output.to_network) {
        const Bytes bytes = out.packet.bytes();
        send(out.source, {{}, out.destination, {bytes.begin(), bytes.end()}, out.ecn}, now);
    }
    endpoint_->handle_control(output, now);
    EXPECT_TRUE(output.to_control.empty() && output.activity.empty() &&
                output.control_packets.empty());
}

void Host::drain(Now now) {
    while (const auto out = endpoint_->poll_transmit()) {
        const Bytes bytes = out->payload.view();
        send(out->src, {{}, out->dst, {bytes.begin(), bytes.end()}, out->ecn}, now);
    }
    while (auto message = endpoint_->poll_portal()) to_portal.push_back(std::move(*message));
    while (auto request = endpoint_->poll_host()) requests.push_back(std::move(*request));
}

void Host::send(const std::optional<wire::SocketAddr>& source, Datagram datagram, Now now) {
    if (source && source->ip != socket_.ip) {
        ++foreign_sources;
        return;
    }
    ++sent;
    datagram.from = socket_;
    network_.send(std::move(datagram), now.instant);
}

}  // namespace fz::sim
