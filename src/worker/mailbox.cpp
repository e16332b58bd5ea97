#include "worker/mailbox.h"

namespace fz::worker {

Mailbox::Loss Mailbox::post(dataplane::Output& output) noexcept {
    Loss loss;
    for (const dataplane::ControlDatagram& datagram : output.datagrams) {
        if (DatagramMail* mail = datagrams.claim()) {
            mail->bytes.assign(datagram.bytes);
            mail->source = datagram.source;
            mail->local = datagram.local;
            datagrams.publish();
        } else {
            ++loss.packets;
            loss.bytes += datagram.bytes.size();
        }
    }
    output.datagrams.clear();
    for (const dataplane::ControlPacket& packet : output.packets) {
        if (PacketMail* mail = packets.claim()) {
            mail->bytes.assign(packet.bytes);
            mail->slot = packet.slot;
            packets.publish();
        } else if (packet.slot != dataplane::ControlPacket::kNoPeer) {
            ++loss.packets;
            loss.bytes += packet.bytes.size();
        }
    }
    output.packets.clear();
    while (!output.active.empty()) {
        std::uint32_t* slot = active.claim();
        if (slot == nullptr) break;
        *slot = output.active.back();
        active.publish();
        output.active.pop_back();
    }
    return loss;
}

void Mailbox::post(const IoError& error) noexcept {
    IoError* mail = errors.claim();
    if (mail == nullptr) return;
    *mail = error;
    errors.publish();
}

}  // namespace fz::worker
