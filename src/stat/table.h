// Rows and columns that fit the terminal: where it is narrow, the columns that matter least go.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fz::stat {

struct Column {
    std::string heading;
    int matters = 0;    ///< those with the smallest number go first
    bool text = false;  ///< aligned to the left
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// A line per row under one of headings, each at most `width` wide; the first column always
    /// stays.
    [[nodiscard]] std::vector<std::string> lines(std::size_t width) const;

  private:
    [[nodiscard]] std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// How many columns of a terminal `text` takes: characters of UTF-8, each one wide.
[[nodiscard]] std::size_t width_of(std::string_view text) noexcept;
/// `text` in lines of at most `width`, broken between words; each but the first begins with
/// `indent` blanks.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width,
                                               std::size_t indent);

}  // namespace fz::stat
