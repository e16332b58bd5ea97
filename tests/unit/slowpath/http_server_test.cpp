#include "slowpath/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "os/clock.h"
#include "os/unique_fd.h"

namespace fz::slowpath {
namespace {

class HttpServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto loop = EventLoop::create();
        ASSERT_TRUE(loop);
        loop_ = std::make_unique<EventLoop>(std::move(*loop));
        auto server = HttpServer::listen(
            *loop_, {wire::IpAddr::v4(127, 0, 0, 1), 0}, [](const HttpRequest& request) {
                return HttpAnswer{
                    .status = request.method == "GET" ? 200U : 405U,
                    .content_type = "text/plain",
                    .body = std::string(request.path) + " at " + std::string(request.host),
                    .headers = {{"X-Test", "yes"}}};
            });
        ASSERT_TRUE(server);
        server_ = std::make_unique<HttpServer>(std::move(*server));
    }

    /// What the server says to it; the loop turns meanwhile.
    std::string answer_to(const std::string& request) {
        std::string answer;
        std::atomic<bool> done = false;
        std::thread client([&] {
            answer = exchange(request);
            done = true;
        });
        while (!done) loop_->wait(os::read_clocks().instant + 20ms);
        client.join();
        return answer;
    }
    std::string status_of(const std::string& request) {
        const std::string answer = answer_to(request);
        return answer.substr(0, answer.find("\r\n"));
    }
    [[nodiscard]] os::UniqueFd connected() const {
        os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server_->port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
        return fd;
    }

    /// Sends the request and reads until the server closes; gives up after 10 s.
    [[nodiscard]] std::string exchange(const std::string& request) const {
        const os::UniqueFd fd = connected();
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
    std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, HandsOverTheRequestAndSendsTheAnswer) {
    const std::string answer = answer_to("GET /a/b?c=d HTTP/1.1\r\nHost: here:1\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n/a/b at here:1")) << answer;
    EXPECT_NE(answer.find("X-Test: yes\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Content-Type: text/plain\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, HeadIsGetWithoutTheBody) {
    const std::string answer = answer_to("HEAD /a HTTP/1.1\r\nHost: b\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 7\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, OtherMethodsAndOtherProtocols) {
    EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"),
              "HTTP/1.1 405 Method Not Allowed");
    EXPECT_EQ(status_of("not http at all\r\n\r\n"), "");
}

TEST_F(HttpServerTest, OfRequestsInOneGoTheFirstIsAnswered) {
    const std::string one = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string answer = answer_to(one + one);
    EXPECT_EQ(answer.find("/x at x"), answer.rfind("/x at x"));
}

TEST_F(HttpServerTest, SlowClientsDoNotKeepOthersOrTheLoopWaiting) {
    std::vector<os::UniqueFd> slow;
    for (int i = 0; i < 15; ++i) {
        slow.push_back(connected());
        EXPECT_EQ(::send(slow.back().get(), "GET", 3, MSG_NOSIGNAL), 3);
    }
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 OK");
}

TEST_F(HttpServerTest, AFloodOfConnectionsIsTurnedAwayAndForgotten) {
    std::vector<os::UniqueFd> many;
    for (int i = 0; i < 200; ++i) {
        many.push_back(connected());
        loop_->wait(os::read_clocks().instant);
    }
    for (int i = 0; i < 50; ++i) loop_->wait(os::read_clocks().instant + 1ms);
    many.clear();
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 OK");
}

TEST_F(HttpServerTest, AnEndlessHeaderIsCutOff) {
    EXPECT_EQ(status_of("GET /healthz HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x')), "");
}

TEST_F(HttpServerTest, ATakenPortIsASentence) {
    const auto second =
        HttpServer::listen(*loop_, {wire::IpAddr::v4(127, 0, 0, 1), server_->port()},
                           [](const HttpRequest&) { return HttpAnswer{}; });
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().os_errno, EADDRINUSE);
}

}  // namespace
}  // namespace fz::slowpath
