#include "app/firezone_id.h"

#include <string_view>

#include "app/text_file.h"
#include "crypto/hash.h"
#include "crypto/hmac_sha256.h"

namespace fz::app {
namespace {

// What tells a gateway's id from a client's on the same machine; upstream's constant, as text.
constexpr std::string_view kGatewayIdKey = "753b38f9f96947ef8083802d5909a372";

constexpr std::string_view kNoMachineIdYet = "uninitialized";  // machine-id(5), first boot

bool is_plain(std::string_view id) noexcept {
    return !id.empty() && id.find_first_of("{}\"\\ \t\r\n") == std::string_view::npos;
}

/// Takes the token, and white space before it, off the front; false if something else is there.
bool take(std::string_view& text, std::string_view token) noexcept {
    text = trimmed(text);
    if (!text.starts_with(token)) return false;
    text.remove_prefix(token.size());
    return true;
}

/// Nothing if the text is neither a plain id nor {"id":"…"}.
std::optional<std::string> id_in(std::string_view text) {
    std::string_view id = trimmed(text);
    if (take(text, "{")) {
        if (!take(text, "\"id\"") || !take(text, ":") || !take(text, "\"")) return std::nullopt;
        id = text.substr(0, text.find('"'));
        text.remove_prefix(id.size());
        if (!take(text, "\"") || !take(text, "}") || !text.empty()) return std::nullopt;
    }
    return is_plain(id) ? std::optional{std::string(id)} : std::nullopt;
}

/// The machine id as the file has it, line break included: that is what upstream hashes.
std::optional<std::string> derived_from(const std::filesystem::path& machine_id) {
    const auto text = read_text_file(machine_id);
    if (!text || !*text) return std::nullopt;
    const std::string_view id = trimmed(**text);
    if (id.empty() || id == kNoMachineIdYet) return std::nullopt;
    return crypto::to_hex(crypto::hmac_sha256(as_bytes(kGatewayIdKey), as_bytes(**text)));
}

}  // namespace

Expected<std::string> firezone_id(const std::optional<std::string>& configured,
                                  const IdentityFiles& files, crypto::Random& random) {
    if (configured && !configured->empty()) return *configured;
    FZ_ASSIGN(const std::optional<std::string> text, read_text_file(files.gateway_id));
    if (text && !trimmed(*text).empty()) {
        if (auto id = id_in(*text)) return *std::move(id);
        return Unexpected{
            Error(files.gateway_id.string() +
                  " holds no Firezone ID: it must be the id alone or {\"id\":\"…\"}")};
    }
    if (auto id = derived_from(files.machine_id)) return *std::move(id);
    const std::string id = crypto::to_hex(random.bytes<32>());
    FZ_TRY(write_text_file(files.gateway_id, "{\"id\":\"" + id + "\"}", 0640));
    return id;
}

}  // namespace fz::app
