#include "unit/slowpath/scripted_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/assert.h"

namespace fz::test {

struct Certificate::Keys {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ~Keys() {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
};

Certificate::Certificate(const std::string& host) : keys_(std::make_unique<Keys>()) {
    X509* x509 = keys_->certificate;
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_set_pubkey(x509, keys_->key);
    const std::string name = "DNS:" + host;
    X509_EXTENSION* alternative =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x509, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(x509, keys_->key, EVP_sha256());

    std::string path = "/tmp/fz-test-ca-XXXXXX";
    FILE* file = ::fdopen(::mkstemp(path.data()), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    pem_file_ = path;
}

Certificate::~Certificate() { std::remove(pem_file_.c_str()); }

std::string Wire::read(std::size_t limit) {
    std::array<char, 4096> part;
    const auto most = static_cast<int>(std::min(limit, part.size()));
    const auto size = tls_ != nullptr ? SSL_read(tls_, part.data(), most)
                                      : ::recv(fd_, part.data(), static_cast<std::size_t>(most), 0);
    return size > 0 ? std::string(part.data(), static_cast<std::size_t>(size)) : "";
}

std::string Wire::read_exactly(std::size_t size) {
    while (unread_.size() < size) {
        const std::string part = read(4096);
        if (part.empty()) return "";
        unread_ += part;
    }
    const std::string taken = unread_.substr(0, size);
    unread_.erase(0, size);
    return taken;
}

std::string Wire::read_request() {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
        const std::string byte = read_exactly(1);
        if (byte.empty()) return "";
        request += byte;
    }
    return request;
}

void Wire::write(const std::string& bytes) {
    if (tls_ != nullptr)
        SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
    else
        ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Wire::accept_upgrade(const std::string& request, const std::string& connection) {
    const std::string field = "Sec-WebSocket-Key: ";
    const auto at = request.find(field) + field.size();
    const std::string key =
        request.substr(at, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
    std::array<unsigned char, 29> base64{};
    EVP_EncodeBlock(base64.data(), digest.data(), digest.size());
    write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: " + connection +
          "\r\nSec-WebSocket-Accept: " + reinterpret_cast<const char*>(base64.data()) + "\r\n\r\n");
}

// RFC 6455 5.2; servers do not mask.
void Wire::write_frame(int opcode, const std::string& payload) {
    std::string frame(1, static_cast<char>(0x80 | opcode));
    const std::size_t size = payload.size();
    if (size < 126) {
        frame += static_cast<char>(size);
    } else {
        FZ_ASSERT(size < 65536);
        frame += static_cast<char>(126);
        for (int shift = 8; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
    }
    write(frame + payload);
}

Wire::Frame Wire::read_frame() {
    const auto byte = [](char c) { return static_cast<unsigned char>(c); };
    const std::string head = read_exactly(2);
    if (head.empty()) return {};
    std::size_t size = byte(head[1]) & 0x7f;
    if (size >= 126) {
        const std::string extended = read_exactly(size == 126 ? 2 : 8);
        size = 0;
        for (const char c : extended) size = size << 8 | byte(c);
    }
    const std::string mask = read_exactly(4);
    std::string payload = read_exactly(size);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return {byte(head[0]) & 0x0f, payload};
}

ScriptedServer::ScriptedServer(Script script, const Certificate* certificate)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), generic, length), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    ::getsockname(listener_.get(), generic, &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread(
        [this, script = std::move(script), certificate] { serve(script, certificate); });
}

ScriptedServer::~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    ::shutdown(current_, SHUT_RDWR);
    thread_.join();
}

void ScriptedServer::serve(const Script& script, const Certificate* certificate) {
    while (!stopping_) {
        const os::UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd) return;
        current_ = fd.get();
        if (stopping_) return;
        if (certificate == nullptr) {
            Wire wire(fd.get(), nullptr);
            script(wire);
        } else {
            SSL_CTX* context = SSL_CTX_new(TLS_server_method());
            SSL_CTX_use_certificate(context, certificate->keys_->certificate);
            SSL_CTX_use_PrivateKey(context, certificate->keys_->key);
            SSL* tls = SSL_new(context);
            SSL_set_fd(tls, fd.get());
            if (SSL_accept(tls) == 1) {
                Wire wire(fd.get(), tls);
                script(wire);
            }
            SSL_free(tls);
            SSL_CTX_free(context);
        }
        current_ = -1;
    }
}

}  // namespace fz::test
