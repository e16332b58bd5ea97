#include "slowpath/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "os/clock.h"
#include "os/unique_fd.h"
#include "unit/slowpath/scarce_descriptors.h"

namespace fz::slowpath {
namespace {

constexpr std::string_view kGood = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK";

class HttpServerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto loop = EventLoop::create();
        ASSERT_TRUE(loop);
        loop_ = std::make_unique<EventLoop>(std::move(*loop));
        listen({});
    }
    void listen(HttpLimits limits) {
        server_.reset();
        auto server = HttpServer::listen(
            *loop_, {wire::IpAddr::v4(127, 0, 0, 1), 0},
            [this](const HttpRequest& request) {
                ++answered_;
                return HttpAnswer{
                    .status = request.method == "GET" ? 200U : 405U,
                    .content_type = "text/plain",
                    .body = std::string(request.path) + " at " + std::string(request.host),
                    .headers = {{"X-Test", "yes"}}};
            },
            limits);
        ASSERT_TRUE(server);
        server_ = std::make_unique<HttpServer>(std::move(*server));
    }

    /// As the control thread turns.
    void turn(Duration at_most = 1ms) {
        loop_->wait(os::read_clocks().instant + at_most);
        if (loop_->is_ready(server_->source())) server_->serve();
    }
    /// What `client` finds out, on a thread of its own; the loop turns meanwhile.
    template <typename Client>
    std::string meanwhile(Client client) {
        std::string found;
        std::atomic<bool> done = false;
        std::thread thread([&] {
            found = client();
            done = true;
        });
        while (!done) turn();
        thread.join();
        return found;
    }
    std::string answer_to(std::string_view request) {
        return meanwhile([&] { return exchange(connected(), request); });
    }
    std::string status_of(std::string_view request) { return first_line(answer_to(request)); }
    static std::string first_line(const std::string& answer) {
        return answer.substr(0, answer.find("\r\n"));
    }
    [[nodiscard]] os::UniqueFd connected() const {
        os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        connect(fd);
        return fd;
    }
    void connect(const os::UniqueFd& fd) const {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server_->port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }

    /// Sends the request and reads until the server closes; gives up after 10 s of silence.
    [[nodiscard]] static std::string exchange(const os::UniqueFd& fd, std::string_view request) {
        say(fd, request);
        std::string answer;
        std::array<char, 512> part;
        for (;;) {
            const ssize_t size = ::read(fd.get(), part.data(), part.size());
            if (size <= 0) return answer;
            answer.append(part.data(), static_cast<std::size_t>(size));
        }
    }
    /// False once the server does not take more.
    static bool say(const os::UniqueFd& fd, std::string_view text) {
        return ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(text.size());
    }
    static bool is_closed(const os::UniqueFd& fd) {
        char byte = 0;
        return ::recv(fd.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }

    std::unique_ptr<EventLoop> loop_;
    std::unique_ptr<HttpServer> server_;
    int answered_ = 0;
};

TEST_F(HttpServerTest, HandsOverTheRequestAndSendsTheAnswer) {
    const std::string answer = answer_to("GET /a/b?c=d HTTP/1.1\r\nHost: here:1\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n/a/b at here:1")) << answer;
    EXPECT_NE(answer.find("X-Test: yes\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Content-Type: text/plain\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, HeadIsGetWithoutTheBody) {
    const std::string answer = answer_to("HEAD /a HTTP/1.1\r\nHost: b\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 7\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, BodiesAreNotRead) {
    constexpr std::string_view kNotAllowed = "HTTP/1.1 405 Method Not Allowed";
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    EXPECT_EQ(status_of(head + "Content-Length: 0\r\n\r\n"), kNotAllowed);
    EXPECT_EQ(status_of(head + "Content-Length: 5\r\n\r\nhello"), kNotAllowed);
    EXPECT_EQ(status_of(head + "Content-Length: 99999999999\r\n\r\nhello"), kNotAllowed);
    EXPECT_EQ(status_of(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), kNotAllowed);
}

/// It says so once and does not listen for long.
TEST_F(HttpServerTest, AnEndlessBodyIsAnsweredAndCutOff) {
    const std::string answer = meanwhile([this] {
        const os::UniqueFd fd = connected();
        say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        std::array<char, 64> first{};
        const ssize_t size = ::read(fd.get(), first.data(), first.size());
        while (say(fd, std::string(4096, 'x'))) {
        }
        return std::string(first.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    });
    EXPECT_EQ(first_line(answer), "HTTP/1.1 405 Method Not Allowed");
}

TEST_F(HttpServerTest, WhatIsNoRequestIsRefused) {
    constexpr std::string_view kBad = "HTTP/1.1 400 Bad Request";
    EXPECT_EQ(status_of("not http at all\r\n\r\n"), kBad);
    EXPECT_EQ(status_of("\x16\x03\x01\x02\xff\xff\xff\xff\r\n\r\n"), kBad);
    EXPECT_EQ(status_of("GET / HTTP/9.9\r\n\r\n"), kBad);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n"), kBad);
    EXPECT_EQ(answered_, 0);
}

TEST_F(HttpServerTest, AHeaderThatIsTooLongIsRefused) {
    constexpr std::string_view kTooLarge = "HTTP/1.1 431 Request Header Fields Too Large";
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(64 * 1024, 'x')), kTooLarge);
    EXPECT_EQ(status_of("GET /" + std::string(64 * 1024, 'x')), kTooLarge);
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(8000, 'x') + "\r\n\r\n"), kOk);
}

TEST_F(HttpServerTest, OfRequestsInOneGoTheFirstIsAnswered) {
    const std::string one = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string answer = answer_to(one + one);
    EXPECT_EQ(answer.find("/x at x"), answer.rfind("/x at x"));
}

TEST_F(HttpServerTest, ATurnAnswersOneRequest) {
    std::vector<os::UniqueFd> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(connected());
        EXPECT_TRUE(say(clients.back(), kGood));
    }
    for (int before = 0; before < 10; before = answered_) {
        turn();
        EXPECT_LE(answered_, before + 1);
    }
    for (const auto& client : clients)
        EXPECT_EQ(first_line(meanwhile([&] { return exchange(client, ""); })), kOk);
}

/// 16 that say nothing do not lock others out: the oldest gives way.
TEST_F(HttpServerTest, TheOldestMakesRoom) {
    std::vector<os::UniqueFd> silent;
    for (int i = 0; i < 16; ++i) {
        silent.push_back(connected());
        turn();
    }
    for (int i = 0; i < 5; ++i) turn();
    for (const auto& client : silent) EXPECT_FALSE(is_closed(client));
    EXPECT_EQ(status_of(kGood), kOk);
    for (int i = 0; i < 5; ++i) turn();
    EXPECT_TRUE(is_closed(silent.front()));
    EXPECT_FALSE(is_closed(silent[1]));
}

/// Its time is for the whole header, however busy it looks.
TEST_F(HttpServerTest, ADripFedRequestIsCutOff) {
    listen({.exchange = 300ms});
    int others = 0;
    meanwhile([&] {
        const os::UniqueFd slow = connected();
        while (say(slow, "G") && !is_closed(slow)) {
            others += first_line(exchange(connected(), kGood)) == kOk;
            std::this_thread::sleep_for(10ms);
        }
        return std::string();
    });
    EXPECT_GE(others, 2);
    EXPECT_EQ(answered_, others);
}

TEST_F(HttpServerTest, AFloodOfConnectionsIsForgotten) {
    std::vector<os::UniqueFd> many;
    for (int i = 0; i < 200; ++i) {
        many.push_back(connected());
        turn(0ms);
    }
    many.clear();
    EXPECT_EQ(status_of(kGood), kOk);
}

TEST_F(HttpServerTest, ConnectionsThatCloseAtOnceAreForgotten) {
    for (int i = 0; i < 500; ++i) {
        static_cast<void>(connected());
        turn(0ms);
    }
    EXPECT_EQ(status_of(kGood), kOk);
}

TEST_F(HttpServerTest, WithoutDescriptorsItTriesAgain) {
    listen({.accept_pause = 20ms});
    turn();
    test::descriptors_are_scarce = true;
    const os::UniqueFd lucky = connected();  // an accept has waited since before
    const os::UniqueFd client = connected();
    EXPECT_TRUE(say(client, kGood));
    for (int i = 0; i < 100; ++i) turn();
    EXPECT_EQ(answered_, 0);
    test::descriptors_are_scarce = false;
    EXPECT_EQ(first_line(meanwhile([&] { return exchange(client, ""); })), kOk);
}

TEST_F(HttpServerTest, EndsInTheMiddleOfAnything) {
    std::vector<os::UniqueFd> clients;
    for (const std::string_view said :
         {kGood, kGood, std::string_view("GET"), std::string_view()}) {
        clients.push_back(connected());
        say(clients.back(), said);
        turn();
    }
    server_.reset();
    for (int i = 0; i < 5; ++i) loop_->wait(os::read_clocks().instant + 1ms);
    for (const auto& client : clients) static_cast<void>(exchange(client, ""));
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
