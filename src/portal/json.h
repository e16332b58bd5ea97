// JSON from outside, read field by field; the first field that is missing or wrong is remembered.
//
// Internal to portal/, because it names RapidJSON.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "base/time.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "portal/frame.h"
#include "wire/cidr.h"
#include "wire/ip_addr.h"

namespace fz::portal {

using Json = rapidjson::Value;

/// Parses one text without recursion, checking UTF-8, size and depth. The document owns all
/// strings.
[[nodiscard]] Expected<rapidjson::Document, FrameError> parse_json(std::string_view text);

[[nodiscard]] inline std::string_view text_of(const Json& string) noexcept {
    return {string.GetString(), string.GetStringLength()};
}

/// The first field that could not be read; reading goes on and is checked once, at the end.
struct Trouble {
    std::string_view field;

    void at(std::string_view name) noexcept {
        if (field.empty()) field = name;
    }
    explicit operator bool() const noexcept { return !field.empty(); }
};

/// The portal's scalars, by the C++ type they become; nothing if the JSON is anything else.
void scalar(const Json& from, std::optional<std::string>& to);
void scalar(const Json& from, std::optional<Uuid>& to);
void scalar(const Json& from, std::optional<std::uint16_t>& to);
void scalar(const Json& from, std::optional<UnixSeconds>& to);
void scalar(const Json& from, std::optional<wire::IpAddr>& to);
void scalar(const Json& from, std::optional<wire::SocketAddr>& to);
void scalar(const Json& from, std::optional<crypto::PublicKey>& to);
void scalar(const Json& from, std::optional<crypto::Secret>& to);

/// One JSON object. Keys are string literals; unknown keys are nobody's business; of duplicate keys
/// the first counts.
class Fields {
  public:
    Fields(const Json* value, std::string_view name, Trouble& trouble)
        : object_(value != nullptr && value->IsObject() ? value : nullptr), trouble_(&trouble) {
        if (object_ == nullptr) trouble.at(name);
    }

    /// A required scalar; T{} and trouble without it.
    template <typename T>
    [[nodiscard]] T get(std::string_view key) const {
        std::optional<T> value = nullable<T>(key);
        if (!value) trouble_->at(key);
        return value ? *std::move(value) : T{};
    }
    /// A scalar whose key must be present but whose value may be null.
    template <typename T>
    [[nodiscard]] std::optional<T> nullable(std::string_view key) const {
        if (find(key) == nullptr) trouble_->at(key);
        return maybe<T>(key);
    }
    /// A scalar that may be null or absent.
    template <typename T>
    [[nodiscard]] std::optional<T> maybe(std::string_view key) const {
        std::optional<T> value;
        const Json* json = find(key);
        if (json == nullptr || json->IsNull()) return value;
        scalar(*json, value);
        if (!value) trouble_->at(key);
        return value;
    }
    [[nodiscard]] Fields object(std::string_view key) const { return {find(key), key, *trouble_}; }
    /// Nothing if it is null or absent.
    [[nodiscard]] std::optional<Fields> maybe_object(std::string_view key) const {
        const Json* json = find(key);
        if (json == nullptr || json->IsNull()) return std::nullopt;
        return Fields{json, key, *trouble_};
    }
    /// Null, with trouble, without it.
    [[nodiscard]] const Json* array(std::string_view key) const;
    /// Null without it; trouble if it is something else.
    [[nodiscard]] const Json* maybe_array(std::string_view key) const;

    /// Marks a field as wrong for a reason of its own.
    void reject(std::string_view name) const { trouble_->at(name); }

  private:
    [[nodiscard]] const Json* find(std::string_view key) const;

    const Json* object_;
    Trouble* trouble_;
};

}  // namespace fz::portal
