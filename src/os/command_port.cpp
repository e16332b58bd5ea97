#include "os/command_port.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fz::os {
namespace {

Expected<UniqueFd> datagram_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return Unexpected{Error("cannot create a command socket", errno)};
    return fd;
}

std::optional<ucred> sender_of(const msghdr& message) noexcept {
    const cmsghdr* control = CMSG_FIRSTHDR(&message);
    if (control == nullptr || control->cmsg_level != SOL_SOCKET ||
        control->cmsg_type != SCM_CREDENTIALS)
        return std::nullopt;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(control), sizeof sender);
    return sender;
}

UniqueFd descriptor_in(const msghdr& message) noexcept {
    const cmsghdr* control = CMSG_FIRSTHDR(&message);
    if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
        return UniqueFd();
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(control), sizeof descriptor);
    return UniqueFd(descriptor);
}

Expected<Answer> receive_answer(int fd) {
    Answer answer;
    answer.text.resize(kMaxAnswer);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
    iovec room{answer.text.data(), answer.text.size()};
    msghdr message{};
    message.msg_iov = &room;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (size < 0) return Unexpected{Error("the gateway does not answer", errno)};
    answer.text.resize(static_cast<std::size_t>(size));
    answer.descriptor = descriptor_in(message);
    return answer;
}

}  // namespace

Expected<CommandPort> CommandPort::open(std::string_view name) {
    FZ_ASSIGN(UniqueFd fd, datagram_socket());
    const int on = 1;
    const AbstractAddress own = AbstractAddress::of(name);
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
        ::bind(fd.get(), own.get(), own.length) != 0)
        return Unexpected{Error("cannot listen for commands", errno)};
    return CommandPort(std::move(fd));
}

std::optional<CommandPort::Command> CommandPort::poll() const {
    for (;;) {
        Command command;
        std::array<char, kMaxCommand> text;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control;
        iovec room{text.data(), text.size()};
        msghdr message{};
        message.msg_name = &command.from.address;
        message.msg_namelen = sizeof command.from.address;
        message.msg_iov = &room;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t size = ::recvmsg(fd_.get(), &message, 0);
        if (size < 0) return std::nullopt;
        const auto sender = sender_of(message);
        const bool anonymous = message.msg_namelen <= sizeof(sa_family_t);
        if (!sender || anonymous || (message.msg_flags & MSG_TRUNC) != 0) continue;
        command.from.length = message.msg_namelen;
        command.text.assign(text.data(), static_cast<std::size_t>(size));
        command.may_change = sender->uid == 0 || sender->uid == ::geteuid();
        command.may_read = command.may_change || sender->gid == ::getegid();
        return command;
    }
}

void CommandPort::answer(const Command& command, const CommandAnswer& answer) const noexcept {
    const std::string_view text = std::string_view(answer.text).substr(0, kMaxAnswer);
    iovec bytes{const_cast<char*>(text.data()), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    AbstractAddress to = command.from;
    msghdr message{};
    message.msg_name = &to.address;
    message.msg_namelen = to.length;
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (answer.descriptor >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof answer.descriptor);
        std::memcpy(CMSG_DATA(rights), &answer.descriptor, sizeof answer.descriptor);
    }
    static_cast<void>(::sendmsg(fd_.get(), &message, MSG_NOSIGNAL));
}

Expected<Answer> ask(std::string_view name, std::string_view command, Duration limit) {
    FZ_ASSIGN(const UniqueFd fd, datagram_socket());
    sockaddr_un own{};
    own.sun_family = AF_UNIX;
    const AbstractAddress to = AbstractAddress::of(name);
    // Without a name of its own the answer could not find it: the kernel makes one up.
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof(sa_family_t)) != 0)
        return Unexpected{Error("cannot name the command socket", errno)};
    if (::connect(fd.get(), to.get(), to.length) != 0 ||
        ::send(fd.get(), command.data(), command.size(), MSG_NOSIGNAL) < 0)
        return Unexpected{errno == ECONNREFUSED ? Error(std::string(kNobodyListens))
                                                : Error("cannot ask the gateway", errno)};
    pollfd readable{.fd = fd.get(), .events = POLLIN, .revents = 0};
    const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
    if (::poll(&readable, 1, static_cast<int>(limit_ms)) <= 0)
        return Unexpected{Error("the gateway does not answer")};
    return receive_answer(fd.get());
}

}  // namespace fz::os
