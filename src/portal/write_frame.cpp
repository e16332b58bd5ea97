#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <variant>

#include "base/assert.h"
#include "portal/frame.h"

namespace fz::portal {
namespace {

using Buffer = rapidjson::StringBuffer;
using JsonWriter = rapidjson::Writer<Buffer>;

void string(JsonWriter& out, std::string_view text) {
    out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void key(JsonWriter& out, std::string_view name) {
    out.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
void member(JsonWriter& out, std::string_view name, std::string_view text) {
    key(out, name);
    string(out, text);
}
void member(JsonWriter& out, std::string_view name, const std::vector<Uuid>& ids) {
    key(out, name);
    out.StartArray();
    for (const Uuid& id : ids) string(out, id.to_string());
    out.EndArray();
}
void member(JsonWriter& out, std::string_view name, const std::vector<Candidate>& candidates) {
    key(out, name);
    out.StartArray();
    for (const Candidate& candidate : candidates) string(out, candidate);
    out.EndArray();
}

std::string_view event_of(const FlowAuthorized&) { return "flow_authorized"; }
std::string_view event_of(const BroadcastIceCandidates&) { return "broadcast_ice_candidates"; }
std::string_view event_of(const BroadcastInvalidatedIceCandidates&) {
    return "broadcast_invalidated_ice_candidates";
}
std::string_view event_of(const ConnectionReady&) { return "connection_ready"; }
std::string_view event_of(const CreateFlow&) { return "create_flow"; }

void write_payload(JsonWriter& out, Role, const FlowAuthorized& message) {
    member(out, "ref", message.ref);
}

template <typename Broadcast>
void write_broadcast(JsonWriter& out, Role role, const Broadcast& message) {
    member(out, role == Role::gateway ? "client_ids" : "gateway_ids", message.peers);
    member(out, "candidates", message.candidates);
}
void write_payload(JsonWriter& out, Role role, const BroadcastIceCandidates& message) {
    write_broadcast(out, role, message);
}
void write_payload(JsonWriter& out, Role role, const BroadcastInvalidatedIceCandidates& message) {
    write_broadcast(out, role, message);
}

void write_payload(JsonWriter& out, Role, const ConnectionReady& message) {
    member(out, "ref", message.ref);
    for (const std::string_view nested :
         {"gateway_payload", "ConnectionAccepted", "ice_parameters"}) {
        key(out, nested);
        out.StartObject();
    }
    member(out, "username", message.gateway_ice.username);
    member(out, "password", message.gateway_ice.password);
    for (int level = 0; level < 3; ++level) out.EndObject();
}

void write_payload(JsonWriter& out, Role, const CreateFlow& message) {
    member(out, "resource_id", message.resource_id.to_string());
    member(out, "connected_gateway_ids", message.connected_gateways);
}

/// An object whose last brace is left to with_ref().
std::string unfinished(const Buffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}  // namespace

std::string_view topic_of(Role role) noexcept {
    return role == Role::gateway ? "gateway" : "client";
}

std::string message_body(Role role, const EgressMessage& message) {
    Buffer buffer;
    JsonWriter out(buffer);
    out.StartObject();
    member(out, "topic", topic_of(role));
    std::visit([&](const auto& m) { member(out, "event", event_of(m)); }, message);
    key(out, "payload");
    out.StartObject();
    std::visit([&](const auto& m) { write_payload(out, role, m); }, message);
    out.EndObject();
    return unfinished(buffer);
}

std::string_view heartbeat_body() noexcept {
    return R"({"topic":"phoenix","event":"heartbeat","payload":{})";
}

std::string join_body(Role role) {
    return R"({"topic":")" + std::string(topic_of(role)) + R"(","event":"phx_join","payload":null)";
}

std::string with_ref(std::string_view body, std::uint64_t ref) {
    return std::string(body) + R"(,"ref":)" + std::to_string(ref) + "}";
}

}  // namespace fz::portal
