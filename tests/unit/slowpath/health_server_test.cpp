#include "slowpath/health_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "os/clock.h"
#include "os/unique_fd.h"

namespace fz::slowpath {
namespace {

class HealthServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto loop = EventLoop::create();
        ASSERT_TRUE(loop);
        loop_ = std::make_unique<EventLoop>(std::move(*loop));
        auto server = HealthServer::listen(*loop_, {wire::IpAddr::v4(127, 0, 0, 1), 0});
        ASSERT_TRUE(server);
        server_ = std::make_unique<HealthServer>(std::move(*server));
    }

    /// The first line of the answer; the loop turns meanwhile.
    std::string status_of(const std::string& request) {
        std::string answer;
        std::atomic<bool> done = false;
        std::thread client([&] {
            answer = exchange(request);
            done = true;
        });
        while (!done) loop_->wait(os::read_clocks().instant + 20ms);
        client.join();
        return answer.substr(0, answer.find("\r\n"));
    }

    /// Sends the request and reads until the server closes; gives up after 10 s.
    [[nodiscard]] std::string exchange(const std::string& request) const {
        const os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server_->port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return "";
        ::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
        std::string answer;
        std::array<char, 512> part;
        for (;;) {
            const ssize_t size = ::read(fd.get(), part.data(), part.size());
            if (size <= 0) return answer;
            answer.append(part.data(), static_cast<std::size_t>(size));
        }
    }

    std::unique_ptr<EventLoop> loop_;
    std::unique_ptr<HealthServer> server_;
};

TEST_F(HealthServerTest, AnswersAsUpstream) {
    struct Row {
        const char* request;
        const char* status;
    };
    const Row table[] = {
        {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"},
        {"GET /healthz?probe=1 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"},
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found"},
        {"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
         "HTTP/1.1 405 Method Not Allowed"},
        {"not http at all\r\n\r\n", ""},
    };
    for (const Row& row : table) EXPECT_EQ(status_of(row.request), row.status) << row.request;
}

TEST_F(HealthServerTest, AnEndlessHeaderIsCutOff) {
    EXPECT_EQ(status_of("GET /healthz HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x')), "");
}

TEST_F(HealthServerTest, ATakenPortIsASentence) {
    const auto second =
        HealthServer::listen(*loop_, {wire::IpAddr::v4(127, 0, 0, 1), server_->port()});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().os_errno, EADDRINUSE);
}

}  // namespace
}  // namespace fz::slowpath
