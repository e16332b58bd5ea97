// One Phoenix frame (V1 serializer: a JSON object) as a value, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/expected.h"
#include "portal/messages.h"

namespace fz::portal {

/// Bytes; the largest text a portal may send.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{16} << 20;
/// Arrays and objects inside each other; real messages need six.
inline constexpr unsigned kMaxFrameDepth = 32;
/// Keys and values; an `init` for a hundred thousand authorizations has 0.7 million.
inline constexpr std::size_t kMaxFrameValues = 2'000'000;

/// The answer to one of our frames.
struct Reply {
    std::uint64_t ref = 0;
    enum class Status : std::uint8_t { ok, ok_with_response, error } status = Status::ok;
    std::string topic;
    std::string reason;  ///< of an error
};
/// `phx_error`: our channel process at the portal died, the connection lives.
struct ChannelCrashed {};
/// `phx_close`: the portal ended our channel.
struct ChannelClosed {};
/// The portal is about to end the connection.
struct Disconnect {
    std::string reason;
};
using Frame = std::variant<Reply, ChannelCrashed, ChannelClosed, Disconnect, IngressMessage>;

struct FrameError {
    enum class Kind : std::uint8_t {
        malformed,  ///< ignore it
        cut_short,  ///< the text ended in the middle: something was lost
    } kind = Kind::malformed;
    std::string why;  ///< names the field, never a value
};

/// Reads one text frame. Bounded in size and depth; never throws on any input.
[[nodiscard]] Expected<Frame, FrameError> read_frame(Role role, std::string_view text);

[[nodiscard]] std::string_view topic_of(Role role) noexcept;

/// Frame bodies end before the ref: `{"topic":…,"event":…,"payload":…`. with_ref() completes them.
[[nodiscard]] std::string message_body(Role role, const EgressMessage& message);
[[nodiscard]] std::string_view heartbeat_body() noexcept;
[[nodiscard]] std::string join_body(Role role);
[[nodiscard]] std::string with_ref(std::string_view body, std::uint64_t ref);

}  // namespace fz::portal
