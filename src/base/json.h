// Writing JSON (RFC 8259) at the end of a string; what is written is well-formed whatever it is
// told.
//
//   JsonObject client(out);
//   client.add("name", name);
//   JsonArray grants(client.value_of("grants"));   // written before `client` goes on or ends
//   grants.next() += "1";
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace fz {

/// A JSON string. Control characters are escaped; bytes that are no UTF-8 become U+FFFD each.
void append_quoted(std::string& out, std::string_view text);

/// Its brace opens with it and closes when it ends; inner values end before that.
class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;
    ~JsonObject() { out_ += '}'; }

    void add(std::string_view key, std::string_view text) { append_quoted(value_of(key), text); }
    /// Without this one a literal would have to choose.
    void add(std::string_view key, const char* text) { add(key, std::string_view(text)); }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    void add(std::string_view key, T number) {
        value_of(key) += std::to_string(number);
    }
    void add(std::string_view key, std::nullopt_t) { value_of(key) += "null"; }
    /// null without a value.
    template <typename T>
    void add(std::string_view key, const std::optional<T>& value) {
        value ? add(key, *value) : add(key, std::nullopt);
    }
    /// Where the caller writes the value of `key`, exactly one.
    [[nodiscard]] std::string& value_of(std::string_view key);

  private:
    std::string& out_;
    bool first_ = true;
};

class JsonArray {
  public:
    explicit JsonArray(std::string& out) : out_(out) { out_ += '['; }
    JsonArray(const JsonArray&) = delete;
    JsonArray& operator=(const JsonArray&) = delete;
    ~JsonArray() { out_ += ']'; }

    /// Where the caller writes the next element, exactly one.
    [[nodiscard]] std::string& next();

  private:
    std::string& out_;
    bool first_ = true;
};

}  // namespace fz
