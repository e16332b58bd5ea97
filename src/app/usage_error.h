// A mistake in how the program was called: one sentence for stderr, then exit code 2.
#pragma once

#include <string>
#include <utility>

namespace fz::app {

struct UsageError {
    std::string what;  ///< no full stop, no newline, never a secret

    explicit UsageError(std::string sentence) : what(std::move(sentence)) {}
};

}  // namespace fz::app
