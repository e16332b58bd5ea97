// The one JSON object that a mode prints: keys in the order in which they were said.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace fz::load {

/// Keys and texts are our own words: ASCII without quotes, control characters or backslashes.
class JsonObject {
  public:
    JsonObject& text(std::string_view key, std::string_view value) {
        return raw(key, '"' + std::string(value) + '"');
    }
    JsonObject& flag(std::string_view key, bool value) {
        return raw(key, value ? "true" : "false");
    }
    template <std::integral T>
    JsonObject& count(std::string_view key, T value) {
        return raw(key, std::to_string(value));
    }
    /// Six significant digits; what is not finite becomes null.
    JsonObject& number(std::string_view key, double value);
    /// `value` is JSON already.
    JsonObject& raw(std::string_view key, std::string_view value);

    [[nodiscard]] std::string str() const { return '{' + inner_ + '}'; }

  private:
    std::string inner_;
};

class JsonArray {
  public:
    void add(const JsonObject& element) {
        if (!inner_.empty()) inner_ += ", ";
        inner_ += element.str();
    }
    [[nodiscard]] std::string str() const { return '[' + inner_ + ']'; }

  private:
    std::string inner_;
};

}  // namespace fz::load
