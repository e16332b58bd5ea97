// The terminal that fz-stat draws on, if it is one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/time.h"
#include "stat/overview.h"

namespace fz::stat {

/// What standard output is, and what may be written to it.
struct Medium {
    bool terminal = false;  ///< one that can be drawn on
    bool colour = false;
    std::size_t width = 80;
    std::size_t height = 24;
};
[[nodiscard]] Medium standard_output();

/// Headings bold, and a verdict in the colour of what it says, where the medium has colours.
[[nodiscard]] std::string painted(const Lines& lines, const Medium& medium);

enum class Key : std::uint8_t { quit, overview, drops, xdp, histograms, peers, left, right };

/// A screen of its own, with keys; the terminal is as before once it is gone, whatever ends us.
class FullScreen {
  public:
    FullScreen();
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    void draw(const std::string& text) const;
    /// Waits for a key, a signal (quit) or the end of `limit`; unknown keys are nothing.
    [[nodiscard]] std::optional<Key> wait(Duration limit);

  private:
    std::string typed_;  // and not taken yet
};

/// Takes the first key off what was typed, known or not. Arrows are three bytes (ECMA-48).
[[nodiscard]] std::optional<Key> take_key(std::string& typed);

}  // namespace fz::stat
