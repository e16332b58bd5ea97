#include "portal/json.h"

#include <rapidjson/encodedstream.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

namespace fz::portal {
namespace {

constexpr unsigned kParseFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

/// Passes everything on to the document, but ends the parse where it nests too deeply or gets so
/// large that a short text ("[[],[],…") would cost much memory.
class Bounded {
  public:
    using Ch = char;
    explicit Bounded(rapidjson::Document& inner) : inner_(inner) {}

    bool Null() { return more() && inner_.Null(); }
    bool Bool(bool value) { return more() && inner_.Bool(value); }
    bool Int(int value) { return more() && inner_.Int(value); }
    bool Uint(unsigned value) { return more() && inner_.Uint(value); }
    bool Int64(std::int64_t value) { return more() && inner_.Int64(value); }
    bool Uint64(std::uint64_t value) { return more() && inner_.Uint64(value); }
    bool Double(double value) { return more() && inner_.Double(value); }
    bool RawNumber(const Ch* text, rapidjson::SizeType length, bool copy) {
        return more() && inner_.RawNumber(text, length, copy);
    }
    bool String(const Ch* text, rapidjson::SizeType length, bool copy) {
        return more() && inner_.String(text, length, copy);
    }
    bool Key(const Ch* text, rapidjson::SizeType length, bool copy) {
        return more() && inner_.Key(text, length, copy);
    }
    bool StartObject() { return enter() && inner_.StartObject(); }
    bool EndObject(rapidjson::SizeType members) { return --depth_, inner_.EndObject(members); }
    bool StartArray() { return enter() && inner_.StartArray(); }
    bool EndArray(rapidjson::SizeType elements) { return --depth_, inner_.EndArray(elements); }

  private:
    bool more() { return ++values_ <= kMaxFrameValues; }
    bool enter() { return more() && ++depth_ <= kMaxFrameDepth; }

    rapidjson::Document& inner_;
    std::size_t values_ = 0;
    unsigned depth_ = 0;
};

std::optional<std::string_view> string_in(const Json& json) {
    if (!json.IsString()) return std::nullopt;
    return text_of(json);
}

}  // namespace

Expected<rapidjson::Document, FrameError> parse_json(std::string_view text) {
    using Kind = FrameError::Kind;
    if (text.size() > kMaxFrameBytes) return Unexpected{FrameError{Kind::malformed, "too long"}};
    if (text.empty()) return Unexpected{FrameError{Kind::malformed, "empty"}};

    rapidjson::ParseResult result;
    const auto generate = [&](rapidjson::Document& document) {
        rapidjson::MemoryStream bytes(text.data(), text.size());
        rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
        Bounded handler(document);
        rapidjson::Reader reader;
        result = reader.Parse<kParseFlags>(stream, handler);
        return !result.IsError();
    };
    rapidjson::Document document;
    document.Populate(generate);
    if (!result.IsError()) return document;
    if (result.Code() == rapidjson::kParseErrorTermination)
        return Unexpected{FrameError{Kind::malformed, "too deep or too many values"}};
    if (result.Offset() >= text.size())
        return Unexpected{FrameError{Kind::cut_short, "the text ends in the middle"}};
    return Unexpected{FrameError{Kind::malformed, "not JSON"}};
}

void scalar(const Json& from, std::optional<std::string>& to) {
    if (const auto text = string_in(from)) to.emplace(*text);
}

void scalar(const Json& from, std::optional<Uuid>& to) {
    if (const auto text = string_in(from)) to = Uuid::parse(*text);
}

void scalar(const Json& from, std::optional<std::uint16_t>& to) {
    if (from.IsUint() && from.GetUint() <= UINT16_MAX)
        to = static_cast<std::uint16_t>(from.GetUint());
}

void scalar(const Json& from, std::optional<UnixSeconds>& to) {
    // Clamped to what nanoseconds since 1970 can express (until 2262), so that comparing an expiry
    // with the clock cannot overflow. "In the past" and "in 300 years" need no finer answer.
    static constexpr std::int64_t kLatest =
        std::chrono::floor<std::chrono::seconds>(UnixTime::max()).time_since_epoch().count();
    if (from.IsInt64()) {
        const std::int64_t seconds = std::clamp<std::int64_t>(from.GetInt64(), 0, kLatest);
        to = UnixSeconds(std::chrono::seconds(seconds));
    } else if (from.IsUint64()) {
        to = UnixSeconds(std::chrono::seconds(kLatest));
    }
}

void scalar(const Json& from, std::optional<wire::IpAddr>& to) {
    if (const auto text = string_in(from)) to = wire::IpAddr::parse(*text);
}

void scalar(const Json& from, std::optional<wire::SocketAddr>& to) {
    if (const auto text = string_in(from)) to = wire::SocketAddr::parse(*text);
}

void scalar(const Json& from, std::optional<crypto::PublicKey>& to) {
    if (const auto text = string_in(from)) to = crypto::PublicKey::from_base64(*text);
}

void scalar(const Json& from, std::optional<crypto::Secret>& to) {
    if (const auto text = string_in(from)) to = crypto::Secret::from_base64(*text);
}

const Json* Fields::array(std::string_view key) const {
    const Json* json = maybe_array(key);
    if (json == nullptr) trouble_->at(key);
    return json;
}

const Json* Fields::maybe_array(std::string_view key) const {
    const Json* json = find(key);
    if (json == nullptr) return nullptr;
    if (json->IsArray()) return json;
    trouble_->at(key);
    return nullptr;
}

const Json* Fields::find(std::string_view key) const {
    if (object_ == nullptr) return nullptr;
    const auto size = static_cast<rapidjson::SizeType>(key.size());
    const auto member = object_->FindMember(Json(rapidjson::StringRef(key.data(), size)));
    return member == object_->MemberEnd() ? nullptr : &member->value;
}

}  // namespace fz::portal
