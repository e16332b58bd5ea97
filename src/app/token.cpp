#include "app/token.h"

#include <filesystem>

#include "app/text_file.h"

namespace fz::app {

Expected<std::string, UsageError> token_of(const PortalOptions& options) {
    if (options.token) return *options.token;
    const UsageError missing("there is no token: set FIREZONE_TOKEN, or give it as an argument");
    if (!options.credentials_directory) return Unexpected{missing};
    const std::filesystem::path path =
        std::filesystem::path(*options.credentials_directory) / "FIREZONE_TOKEN";
    const auto text = read_text_file(path);
    if (!text) return Unexpected{UsageError(text.error().to_string())};
    if (!*text) return Unexpected{missing};
    const std::string_view token = trimmed(**text);
    if (token.empty()) return Unexpected{UsageError(path.string() + " holds no token")};
    return std::string(token);
}

}  // namespace fz::app
