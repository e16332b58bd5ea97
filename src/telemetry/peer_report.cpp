#include "telemetry/peer_report.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/assert.h"

namespace fz::telemetry {
namespace {

using rapidjson::Value;

/// Seconds since 1970 that a clock of nanoseconds can still hold: what is later is never.
constexpr std::uint64_t kLatest = 9'000'000'000;

const Value* member(const Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text(const Value& object, const char* name) {
    const Value* value = member(object, name);
    if (value == nullptr || !value->IsString()) return "";
    return {value->GetString(), value->GetStringLength()};
}

std::optional<std::uint64_t> number(const Value& object, const char* name) {
    const Value* value = member(object, name);
    if (value == nullptr || !value->IsUint64()) return std::nullopt;
    return value->GetUint64();
}

template <typename Unit>
std::optional<Duration> duration(const Value& object, const char* name) {
    const auto count = number(object, name);
    // An age of three centuries is none.
    if (!count || *count > static_cast<std::uint64_t>(Duration::max() / Unit(1)))
        return std::nullopt;
    return Unit(*count);
}

/// Of an object within the object: "received" has "bytes".
template <typename Read>
auto inner(const Value& object, const char* name, Read read) {
    static const Value kNothing;
    const Value* value = member(object, name);
    return read(value == nullptr ? kNothing : *value);
}

GrantReport read_grant(const Value& object) {
    GrantReport grant{
        .name = text(object, "name"), .address = text(object, "address"), .expires_at = {}};
    if (const auto expires_at = number(object, "expires_at"); expires_at && *expires_at <= kLatest)
        grant.expires_at = UnixSeconds(std::chrono::seconds(*expires_at));
    return grant;
}

PeerReport read_peer(const Value& object) {
    const auto address = [](const Value& end) { return text(end, "address"); };
    const auto kind = [](const Value& end) { return text(end, "kind"); };
    const auto bytes = [](const Value& way) { return number(way, "bytes").value_or(0); };
    PeerReport peer;
    peer.id = text(object, "id");
    peer.v4 = text(object, "v4");
    peer.v6 = text(object, "v6");
    peer.path = text(object, "path");
    peer.local = inner(object, "local", address);
    peer.local_kind = inner(object, "local", kind);
    peer.remote = inner(object, "remote", address);
    peer.remote_kind = inner(object, "remote", kind);
    peer.relay = text(object, "relay");
    peer.round_trip = duration<std::chrono::microseconds>(object, "rtt_us");
    peer.since_handshake = duration<std::chrono::milliseconds>(object, "handshake_age_ms");
    peer.received_bytes = inner(object, "received", bytes);
    peer.sent_bytes = inner(object, "sent", bytes);
    peer.grant_count = number(object, "resource_count").value_or(0);
    if (const Value* grants = member(object, "resources"); grants != nullptr && grants->IsArray())
        for (const Value& each : grants->GetArray()) peer.grants.push_back(read_grant(each));
    return peer;
}

}  // namespace

Expected<PeerReportPage> read_peers(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    const Value* peers = document.HasParseError() ? nullptr : member(document, "peers");
    if (peers == nullptr || !peers->IsArray())
        return Unexpected{Error("the gateway's list of peers makes no sense")};
    PeerReportPage page;
    page.next = number(document, "next");
    for (const Value& each : peers->GetArray()) page.peers.push_back(read_peer(each));
    return page;
}

std::string join_peers(std::span<const std::string> pages) {
    rapidjson::StringBuffer text;
    rapidjson::Writer<rapidjson::StringBuffer> writer(text);
    writer.StartObject();
    writer.Key("peers");
    writer.StartArray();
    for (const std::string& page : pages) {
        rapidjson::Document document;
        document.Parse<rapidjson::kParseIterativeFlag>(page.data(), page.size());
        FZ_ASSERT(!document.HasParseError());
        for (const Value& each : document["peers"].GetArray()) each.Accept(writer);
    }
    writer.EndArray();
    writer.EndObject();
    return {text.GetString(), text.GetSize()};
}

}  // namespace fz::telemetry
