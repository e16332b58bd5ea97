#include "dataplane/session_run.h"

#include "wire/ip_packet.h"

namespace fz::dataplane {

using Fact = ActivityRecord::Fact;

void SessionRun::begin(PeerState& peer, Session& session) noexcept {
    finish();
    peer_ = &peer;
    session_ = &session;
}

void SessionRun::add(MutBytes message, wire::Ecn ecn) noexcept {
    if (messages_.full()) finish();
    messages_.push_back({message, ecn, {}});
}

void SessionRun::finish() noexcept {
    if (messages_.empty()) return;
    session_->open({messages_.data(), messages_.size()}, lane_.aead, peer_->guard(),
                   lane_.counters.guard_contended);
    Traffic packets;
    bool data = false;
    bool keepalive = false;
    for (DataMessage& message : messages_) {
        if (message.drop) {
            lane_.counters.to_resource.dropped(*message.drop);
            continue;
        }
        (message.bytes.empty() ? keepalive : data) = true;
        deliver(message, packets);
    }
    messages_.clear();
    if (packets.packets != 0) peer_->received().add(packets);
    if (!data && !keepalive) return;
    if (peer_->confirm(*session_)) lane_.note(*peer_, Fact::session_confirmed, now_);
    if (data) lane_.note(*peer_, Fact::data_received, now_);
    if (keepalive) lane_.note(*peer_, Fact::keepalive_received, now_);
}

void SessionRun::deliver(const DataMessage& message, Traffic& packets) noexcept {
    DirectionCounters& count = lane_.counters.to_resource;
    if (message.bytes.empty()) {
        ++lane_.counters.keepalives;
        ++count.delivered;
    } else if (const auto length = wire::ip_length(message.bytes)) {
        lane_.opened.push_back({message.bytes.first(*length), peer_, message.ecn});
        packets.add(*length);
    } else {
        count.dropped(Drop::malformed_inner);
    }
}

}  // namespace fz::dataplane
