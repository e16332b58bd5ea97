// Trains are nothing but datagrams: seen from sockets that have never heard of segmentation, both
// directions look as if each datagram had been sent and received alone.

#include <sys/socket.h>

#include <array>
#include <random>

#include "os/sockaddr.h"
#include "os/unique_fd.h"
#include "unit/udp/loopback.h"

namespace fz::udp {
namespace {

/// A socket that knows nothing but sendto and recv.
class PlainSocket {
  public:
    explicit PlainSocket(Family family)
        : fd_(::socket(family == Family::v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        const int room = 1 << 20;  // for a round of small datagrams with the kernel's overhead
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        os::KernelAddr any = os::to_kernel({IpAddr::any(family), 0});
        EXPECT_EQ(::bind(fd_.get(), any.get(), any.length), 0);
        os::KernelAddr bound;
        EXPECT_EQ(::getsockname(fd_.get(), bound.get(), &bound.length), 0);
        port_ = os::from_kernel(bound.storage).value().port;
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    void send(const std::string& datagram, const SocketAddr& destination) const {
        os::KernelAddr to = os::to_kernel(destination);
        EXPECT_EQ(::sendto(fd_.get(), datagram.data(), datagram.size(), 0, to.get(), to.length),
                  static_cast<ssize_t>(datagram.size()));
    }
    [[nodiscard]] Strings receive_all() {
        Strings all;
        std::array<char, 65536> buffer;
        for (;;) {
            const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
            if (size < 0) return all;
            all.emplace_back(buffer.data(), static_cast<std::size_t>(size));
        }
    }

  private:
    os::UniqueFd fd_;
    std::uint16_t port_ = 0;
};

struct Shape {
    std::string text;
    std::size_t segment;
};

/// Some trains of any length that fit a receive buffer of 200 kB.
std::vector<Shape> random_shapes(std::mt19937& random) {
    const auto below = [&](std::size_t bound) { return random() % bound; };
    std::vector<Shape> shapes(1 + below(5));
    for (Shape& shape : shapes) {
        shape.segment = 1 + below(random() % 2 == 0 ? 40 : 1316);
        const std::size_t most = std::min<std::size_t>(shape.segment * 30, 20'000);
        shape.text.resize(below(4) == 0 ? below(shape.segment + 1) : below(most));
        for (char& c : shape.text) c = static_cast<char>(random());
    }
    return shapes;
}

using PlainDatagrams = Loopback;
INSTANTIATE_TEST_SUITE_P(Families, PlainDatagrams, ::testing::Values(Family::v4, Family::v6),
                         name_of);

TEST_P(PlainDatagrams, AreWhatTrainsAre) {
    std::mt19937 random(20'20'5);
    PlainSocket plain(GetParam());
    const SocketAddr to_plain{at(receiver()).ip, plain.port()};
    for (int round = 0; round < 300; ++round) {
        const std::vector<Shape> shapes = random_shapes(random);
        Strings expected;
        std::vector<wire::OutgoingTrain> trains;
        for (const Shape& shape : shapes) {
            append(expected, cut(shape.text, shape.segment));
            trains.push_back(train(shape.text, shape.segment));
        }
        // Trains to our door, trains to a plain socket, plain datagrams to our door.
        ASSERT_EQ(send(trains).lost_datagrams, 0U);
        ASSERT_EQ(datagrams(receive_all()), expected) << "round " << round;
        for (wire::OutgoingTrain& each : trains) each.destination = to_plain;
        ASSERT_EQ(send(trains).lost_datagrams, 0U);
        ASSERT_EQ(plain.receive_all(), expected) << "round " << round;
        for (const std::string& datagram : expected) plain.send(datagram, at(receiver()));
        pair_->fence.wait();
        ASSERT_EQ(datagrams(receive_all()), expected) << "round " << round;
    }
}

}  // namespace
}  // namespace fz::udp
