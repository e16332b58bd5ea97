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

void Host::tick(Now now) {
    for (; !datagrams_.empty(); datagrams_.pop_front()) {
        const Datagram& datagram = datagrams_.front();
        packet_path_.receive(*endpoint_, datagram.from, datagram.to, datagram.payload, datagram.ecn,
                             now);
        empty(now);
    }
    for (; !packets_.empty(); packets_.pop_front()) {
        packet_path_.read_tun(*endpoint_, packets_.front(), now);
        empty(now);
    }
    for (; !messages_.empty(); messages_.pop_front())
        endpoint_->handle_portal(std::move(messages_.front()), now);
    if (const auto due = endpoint_->poll_timeout(); due && *due <= now.instant)
        endpoint_->handle_timeout(now);
    if (stopping_) endpoint_->shut_down(now);
    drain(now);
    endpoint_->graveyard().clear();  // the only reader is between two packets
    if (std::exchange(stopping_, false)) return run(nullptr);
    const auto due = endpoint_->poll_timeout();
    EXPECT_TRUE(!due || *due > now.instant) << name_ << " left a deadline undone";
}

void Host::empty(Now now) {
    for (Buffer& packet : packet_path_.to_tun) from_tun.push_back(std::move(packet));
    for (test::Sent& out : packet_path_.sent)
        send(out.source, {{}, out.destination, std::move(out.bytes), out.ecn}, now);
    packet_path_.to_tun.clear();
    packet_path_.sent.clear();
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
