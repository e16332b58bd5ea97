// A server that answers each connection by a script of the test, over TCP or TLS, on a thread of
// its own. It speaks just enough HTTP and RFC 6455 by hand, to share nothing with the code under
// test.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "os/unique_fd.h"

using SSL = struct ssl_st;

namespace fz::test {

/// A self-signed certificate for `host`, and the file that holds it in PEM.
class Certificate {
  public:
    explicit Certificate(const std::string& host);
    ~Certificate();
    [[nodiscard]] const std::string& pem_file() const { return pem_file_; }

  private:
    friend class ScriptedServer;
    struct Keys;
    std::unique_ptr<Keys> keys_;
    std::string pem_file_;
};

/// One accepted connection. Reads return "" or a frame of opcode -1 at the end of the stream.
class Wire {
  public:
    Wire(int fd, SSL* tls) : fd_(fd), tls_(tls) {}

    struct Frame {
        int opcode = -1;
        std::string payload;
    };
    /// Up to and including the empty line.
    std::string read_request();
    void write(const std::string& bytes);
    /// Answers `request` with 101.
    void accept_upgrade(const std::string& request, const std::string& connection = "Upgrade");
    void write_frame(int opcode, const std::string& payload);
    Frame read_frame();
    void wait_for_end() {
        while (read(4096) != "") {
        }
    }

  private:
    std::string read(std::size_t limit);
    std::string read_exactly(std::size_t size);

    int fd_;
    SSL* tls_;
    std::string unread_;
};

class ScriptedServer {
  public:
    using Script = std::function<void(Wire&)>;
    /// Listens on 127.0.0.1 and runs `script` for each connection, one after the other.
    explicit ScriptedServer(Script script, const Certificate* certificate = nullptr);
    ~ScriptedServer();
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    void serve(const Script& script, const Certificate* certificate);

    os::UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> current_{-1};
    std::thread thread_;
};

}  // namespace fz::test
