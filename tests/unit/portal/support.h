// Frames for portal tests: the recorded ones by event, and short ways to make others.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "portal/frame.h"

namespace fz::portal::test {

inline std::vector<std::string> frames(const std::string& file) {
    std::ifstream in(std::string(FZ_TEST_VECTORS) + "/portal/" + file + ".jsonl");
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The recorded frame of one event.
inline std::string frame(const std::string& file, const std::string& event) {
    for (const std::string& line : frames(file))
        if (line.find("\"event\":\"" + event + "\"") != std::string::npos) return line;
    ADD_FAILURE() << "no " << event << " in " << file;
    return {};
}

inline std::string push(std::string_view event, std::string_view payload) {
    return R"({"event":")" + std::string(event) + R"(","topic":"gateway","ref":null,"payload":)" +
           std::string(payload) + "}";
}

/// `text` with the first `from` replaced; a test that replaces nothing is wrong.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Reads a frame that must be a `Message` of a gateway.
template <typename Message>
Message gateway_message(const std::string& text) {
    auto frame = read_frame(Role::gateway, text);
    EXPECT_TRUE(frame) << (frame ? "" : frame.error().why);
    return std::get<Message>(std::get<GatewayIngress>(std::get<IngressMessage>(*frame)));
}

template <typename Message>
Message client_message(const std::string& text) {
    auto frame = read_frame(Role::client, text);
    EXPECT_TRUE(frame) << (frame ? "" : frame.error().why);
    return std::get<Message>(std::get<ClientIngress>(std::get<IngressMessage>(*frame)));
}

/// Why a frame is not a message; empty if it is one.
inline std::string refusal(Role role, std::string_view text) {
    const auto frame = read_frame(role, text);
    return frame ? std::string() : frame.error().why;
}

inline Uuid uuid(std::string_view text) { return Uuid::parse(text).value(); }
inline wire::IpAddr ip(std::string_view text) { return wire::IpAddr::parse(text).value(); }
inline wire::SocketAddr addr(std::string_view text) {
    return wire::SocketAddr::parse(text).value();
}
inline UnixSeconds at(std::int64_t seconds) { return UnixSeconds(std::chrono::seconds(seconds)); }

inline const Uuid kClient = uuid("7c1f0b52-3d0e-4b6e-9a35-1f2f0a6d9e01");
inline const Uuid kGateway = uuid("51c6a9e4-8f0d-4a57-b1de-6a0e3c2b7d02");
inline const Uuid kCidrResource = uuid("a3b8d7f0-6c25-4e19-9f42-5d0c8e7b6a04");
inline const Uuid kDnsResource = uuid("0d9e2f6c-4b11-4c8a-8d6f-2f7b1a3c5e03");

}  // namespace fz::portal::test
