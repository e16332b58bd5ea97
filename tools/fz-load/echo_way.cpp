#include "echo_way.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "crypto/aead.h"
#include "noise/messages.h"
#include "os/clock.h"
#include "os/sockaddr.h"

namespace fz::load {
namespace {

bool wait_readable(int fd, Duration limit) {
    pollfd readable{fd, POLLIN, 0};
    const timespec until{limit / 1s, (limit % 1s).count()};
    return ::ppoll(&readable, 1, &until, nullptr) > 0;
}

class TunnelWay final : public EchoWay {
  public:
    TunnelWay(Fleet& fleet, const wire::IpAddr& target)
        : fleet_(fleet), peer_(fleet.peer(0)), port_(fleet.port(peer_.socket)), target_(target) {}

    void prepare(const Echo& echo) override {
        Session& session = *peer_.session;
        Writer header(message_);
        header.le(static_cast<std::uint32_t>(noise::MessageType::data));
        header.le(session.keys.remote_index);
        header.le(session.next_counter);
        const MutBytes text = MutBytes(message_).subspan(noise::kDataHeaderSize, kEchoPacket);
        write_echo_packet(echo, peer_.identity.ipv4, target_, text);
        crypto::seal_in_place(session.keys.send_key, session.next_counter++, {}, text,
                              std::span(message_).last<crypto::kAeadTagSize>());
    }
    void send() override { port_.send(message_); }
    bool receive(Duration limit) override {
        if (!wait_readable(port_.fd(), limit)) return false;
        received_ = fleet_.receive(peer_.socket);
        return !received_.empty();
    }
    Echo read() override {
        Echo found{0, 0};
        for (const Received& received : received_)
            fleet_.handle(peer_.socket, received, [&](LoadPeer&, const Received& data) {
                if (const Echo echo = open(data.head); echo != Echo{0, 0}) found = echo;
            });
        return found;
    }
    void service() override { fleet_.service(); }

  private:
    [[nodiscard]] Echo open(Bytes message) const {
        std::array<std::byte, ReceiveRoom::kHead> copy;
        if (message.size() < noise::kKeepaliveSize || message.size() > copy.size()) return {0, 0};
        std::copy(message.begin(), message.end(), copy.begin());
        const auto counter = load_le<std::uint64_t>(copy.data() + 8);
        const MutBytes sealed =
            MutBytes(copy).first(message.size()).subspan(noise::kDataHeaderSize);
        const MutBytes text = sealed.first(sealed.size() - crypto::kAeadTagSize);
        const auto opened = crypto::open_in_place(peer_.session->keys.receive_key, counter, {},
                                                  text, sealed.last<crypto::kAeadTagSize>());
        return opened == crypto::Open::ok ? read_echo_reply(text) : Echo{0, 0};
    }

    static constexpr std::size_t kMessage = noise::kDataHeaderSize + noise::sealed(kEchoPacket);

    Fleet& fleet_;
    LoadPeer& peer_;
    UdpPort& port_;
    wire::IpAddr target_;
    std::array<std::byte, kMessage> message_{};
    std::span<const Received> received_;
};

class PlainWay final : public EchoWay {
  public:
    explicit PlainWay(os::UniqueFd fd) : fd_(std::move(fd)) {}

    void prepare(const Echo& echo) override { write_echo_request(echo, message_); }
    void send() override { ::send(fd_.get(), message_.data(), message_.size(), MSG_NOSIGNAL); }
    bool receive(Duration limit) override {
        if (!wait_readable(fd_.get(), limit)) return false;
        const ssize_t got = ::recv(fd_.get(), packet_.data(), packet_.size(), MSG_DONTWAIT);
        size_ = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        return got > 0;
    }
    Echo read() override { return read_echo_reply(Bytes(packet_).first(size_)); }

  private:
    os::UniqueFd fd_;
    std::array<std::byte, kEchoMessage> message_{};
    std::array<std::byte, 1500> packet_{};
    std::size_t size_ = 0;
};

}  // namespace

std::unique_ptr<EchoWay> through_tunnel(Fleet& fleet, const wire::IpAddr& target) {
    return std::make_unique<TunnelWay>(fleet, target);
}

Expected<std::unique_ptr<EchoWay>> plain_way(const wire::IpAddr& target) {
    os::UniqueFd fd(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    if (!fd) return Unexpected{Error("cannot open a raw socket", errno)};
    os::KernelAddr to = os::to_kernel({target, 0});
    if (::connect(fd.get(), to.get(), to.length) != 0)
        return Unexpected{Error("no route to " + target.to_string(), errno)};
    std::unique_ptr<EchoWay> way = std::make_unique<PlainWay>(std::move(fd));
    return way;
}

}  // namespace fz::load
