// Log lines to standard output, one write per line: for people, or as one JSON object each.
#pragma once

#include <string>

#include "app/config.h"
#include "base/log.h"
#include "base/time.h"

namespace fz::app {

/// "2025-09-17T08:00:00.123Z  INFO portal: joined topic=gateway"; values that are not one plain
/// word are quoted, so a value can neither end the line nor look like another field.
[[nodiscard]] std::string human_line(const log::Line& line, UnixTime at);

/// {"time":"2025-09-17T08:00:00.123Z","severity":"INFO","target":"portal","message":"joined",
/// "topic":"gateway"} with a newline; all values are strings.
[[nodiscard]] std::string json_line(const log::Line& line, UnixTime at);

/// Sends the lines that the filter wants to standard output from now on. Call once, before threads
/// start; the lines themselves may come from any thread.
void log_to_standard_output(const LogOptions& options);

}  // namespace fz::app
