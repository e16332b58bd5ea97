// Small files as text: read whole, written whole or not at all.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace fz::app {

/// Nothing if there is no such file. Errors: it cannot be read, or holds more than 64 KiB.
[[nodiscard]] Expected<std::optional<std::string>> read_text_file(
    const std::filesystem::path& path);

/// Replaces the file at once, by rename; creates its folder (mode 0770) if need be.
[[nodiscard]] Expected<void> write_text_file(const std::filesystem::path& path,
                                             std::string_view text, mode_t mode);

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace fz::app
