#include "udp/receive_buffer.h"

namespace fz::udp {

ReceiveBuffer::ReceiveBuffer(std::size_t room)
    : room_(room), arena_(new std::byte[kMaxTrains * room]) {
    for (std::size_t i = 0; i < kMaxTrains; ++i) {
        payloads_[i] = {arena_.get() + i * room, room};
        messages_[i].msg_hdr = {.msg_name = &sources_[i],
                                .msg_namelen = sizeof sources_[i],
                                .msg_iov = &payloads_[i],
                                .msg_iovlen = 1,
                                .msg_control = controls_[i].bytes.data(),
                                .msg_controllen = Control::kSize,
                                .msg_flags = 0};
    }
}

mmsghdr* ReceiveBuffer::messages() noexcept {
    for (mmsghdr& message : messages_) {  // the kernel wrote the lengths it used
        message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        message.msg_hdr.msg_controllen = Control::kSize;
    }
    return messages_.data();
}

}  // namespace fz::udp
