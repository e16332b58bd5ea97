// Which log lines are wanted: a level for everything, and other levels for some modules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/usage_error.h"
#include "base/expected.h"
#include "base/log.h"

namespace fz::app {

/// The part of RUST_LOG that can mean something here: "info", "warn,noise=debug", "ice=off".
/// Targets are our folders; others are remembered and match nothing, so that a filter written for
/// upstream's gateway is no error. A bare target means all of it.
class LogFilter {
  public:
    /// Everything from info upwards.
    LogFilter() = default;
    /// Errors: a level that does not exist, or more than one '=' in a directive.
    [[nodiscard]] static Expected<LogFilter, UsageError> parse(std::string_view directives);

    [[nodiscard]] bool wants(std::string_view module, log::Level level) const noexcept;
    /// The lowest level that any module wants; nothing if everything is off.
    [[nodiscard]] std::optional<log::Level> lowest() const noexcept;

  private:
    using Threshold = std::optional<log::Level>;  // nothing: off

    Threshold everything_ = log::Level::info;
    std::map<std::string, Threshold, std::less<>> by_module_;
};

}  // namespace fz::app
