// Which log lines are wanted: a level for everything, and other levels for some modules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"

namespace fz::app {

/// The part of RUST_LOG that can mean something here: "info", "warn,noise=debug", "ice=off".
///
/// Targets are our folders; others are remembered and match nothing, so that a filter written for
/// upstream's gateway is no error. A bare target means all of it. What has no meaning here (filters
/// on spans and fields, regular expressions, levels that do not exist) is left out: a filter that
/// another program understands must not keep this one from starting.
class LogFilter {
  public:
    /// Everything from info upwards.
    LogFilter() = default;
    [[nodiscard]] static LogFilter parse(std::string_view directives);

    [[nodiscard]] bool wants(std::string_view module, log::Level level) const noexcept;
    /// The lowest level that any module wants; nothing if everything is off.
    [[nodiscard]] std::optional<log::Level> lowest() const noexcept;
    /// The directives that were left out, separated by commas; empty if none was.
    [[nodiscard]] const std::string& left_out() const noexcept { return left_out_; }

  private:
    using Threshold = std::optional<log::Level>;  // nothing: off

    /// False if it means nothing here.
    bool add(std::string_view directive);

    Threshold everything_ = log::Level::info;
    std::map<std::string, Threshold, std::less<>> by_module_;
    std::string left_out_;
};

}  // namespace fz::app
