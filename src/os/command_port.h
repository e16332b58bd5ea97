// How an operator's tool talks to a running gateway: one datagram there, one back.
//
// An abstract unix socket, so the tool meets the gateway of its own network namespace, and nothing
// is left behind by a crash. Datagrams know no slow clients: a question is whole or it is not
// there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "base/time.h"
#include "os/abstract_socket.h"
#include "os/unique_fd.h"

namespace fz::os {

/// Where the gateway listens.
inline constexpr std::string_view kGatewayCommands = "firezone-gateway/commands";
inline constexpr std::size_t kMaxCommand = 256;    ///< bytes
inline constexpr std::size_t kMaxAnswer = 64'000;  ///< bytes

struct CommandAnswer {
    std::string text;
    int descriptor = -1;  ///< passed along, if any; stays the gateway's
};

class CommandPort {
  public:
    struct Command {
        std::string text;
        bool may_change = false;  ///< asked by root, or by the user the gateway runs as
        bool may_read = false;    ///< or by somebody of its group
        AbstractAddress from;
    };

    /// Errors: the name is taken.
    [[nodiscard]] static Expected<CommandPort> open(std::string_view name);

    /// Readable when a command is there.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// The next command; never blocks. What is too long or comes from nowhere is not one.
    [[nodiscard]] std::optional<Command> poll() const;
    /// What the asker has no room for is lost.
    void answer(const Command& command, const CommandAnswer& answer) const noexcept;

  private:
    explicit CommandPort(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

struct Answer {
    std::string text;
    UniqueFd descriptor;  ///< if there came one
};

/// Asks the process that listens at `name`.
/// Errors: kNobodyListens; or there is no answer in time.
[[nodiscard]] Expected<Answer> ask(std::string_view name, std::string_view command, Duration limit);

inline constexpr std::string_view kNobodyListens = "no gateway is running here";

}  // namespace fz::os
