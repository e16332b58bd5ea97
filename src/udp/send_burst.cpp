#include "udp/send_burst.h"

#include <cerrno>

namespace fz::udp {

void SendBurst::add(const wire::OutgoingTrain& train, Bytes bytes) noexcept {
    segmented_[size_] = train.segment != 0 && bytes.size() > train.segment;
    destinations_[size_] = os::to_kernel(train.destination);
    // The kernel only reads the payload; the struct has no const.
    payloads_[size_] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
    messages_[size_].msg_hdr = {.msg_name = destinations_[size_].get(),
                                .msg_namelen = destinations_[size_].length,
                                .msg_iov = &payloads_[size_],
                                .msg_iovlen = 1,
                                .msg_control = controls_[size_].bytes.data(),
                                .msg_controllen = write_ancillary(
                                    controls_[size_], train, segmented_[size_] ? train.segment : 0),
                                .msg_flags = 0};
    ++size_;
}

int SendBurst::send(int fd) noexcept {
    for (;;) {
        const int sent =
            ::sendmmsg(fd, messages_.data(), static_cast<unsigned>(size_), MSG_DONTWAIT);
        if (sent >= 0 || errno != EINTR) return sent;
    }
}

}  // namespace fz::udp
