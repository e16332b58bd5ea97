// Why setting something up failed: the sentence an operator reads, and the errno behind it.
//
// Packets never make an Error (they are dropped under a name, dataplane/drop.h); this type is for
// set-up, the operating system and the portal, where a line of text is worth an allocation.
#pragma once

#include <string>
#include <utility>

namespace fz {

struct Error {
    std::string what;  ///< "cannot open /dev/net/tun": no full stop, no newline
    int os_errno = 0;  ///< errno, or 0 when the operating system was not asked

    explicit Error(std::string text, int errno_value = 0)
        : what(std::move(text)), os_errno(errno_value) {}

    /// The sentence with the system's own words: "cannot open /dev/net/tun: Permission denied".
    [[nodiscard]] std::string to_string() const;
};

}  // namespace fz
