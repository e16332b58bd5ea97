#include "portal/frame.h"

#include <optional>
#include <utility>

#include "portal/json.h"
#include "portal/read_message.h"

namespace fz::portal {
namespace {

using Kind = FrameError::Kind;

Unexpected<FrameError> malformed(std::string why) {
    return Unexpected{FrameError{Kind::malformed, std::move(why)}};
}

/// A name from outside, fit for one log line.
std::string plain(std::string_view text) {
    static constexpr std::size_t kLongest = 100;  // characters
    std::string out(text.substr(0, kLongest));
    for (char& c : out)
        if (c < ' ' || c > '~') c = '?';
    return out;
}

Expected<Frame, FrameError> read_reply(std::string topic, std::optional<std::uint64_t> ref,
                                       const Json& payload) {
    if (!ref) return malformed("reply without ref");
    Trouble trouble;
    const Fields in{&payload, "payload", trouble};
    const auto status = in.get<std::string>("status");
    Reply reply{*ref, Reply::Status::ok, std::move(topic), {}};
    if (status == "ok") {
        const auto member = payload.FindMember("response");
        const bool empty = member != payload.MemberEnd() && member->value.IsObject() &&
                           member->value.ObjectEmpty();
        if (!empty) reply.status = Reply::Status::ok_with_response;
    } else if (status == "error") {
        reply.status = Reply::Status::error;
        reply.reason = plain(in.object("response").get<std::string>("reason"));
    } else {
        trouble.at("status");
    }
    if (trouble) return malformed("reply without " + std::string(trouble.field));
    return Frame{std::move(reply)};
}

/// `phx_error` and `phx_close` count only with a payload of exactly `{}`.
template <typename Signal>
Expected<Frame, FrameError> read_signal(const Json& payload) {
    if (!payload.IsObject() || !payload.ObjectEmpty()) return malformed("unexpected payload");
    return Frame{Signal{}};
}

Disconnect read_disconnect(const Json& payload) {
    Trouble none_matters;
    const Fields in{&payload, "payload", none_matters};
    return {plain(in.maybe<std::string>("reason").value_or(""))};
}

template <typename Message>
Expected<Frame, FrameError> delivered(std::optional<Message> message, std::string_view event,
                                      const Trouble& trouble) {
    if (!message) return malformed("unknown event " + plain(event));
    if (trouble) return malformed(plain(event) + " with a bad " + std::string(trouble.field));
    return Frame{IngressMessage{*std::move(message)}};
}

Expected<Frame, FrameError> read_push(Role role, std::string_view event, const Json& payload) {
    Trouble trouble;
    if (role == Role::gateway)
        return delivered(read_gateway_message(event, payload, trouble), event, trouble);
    return delivered(read_client_message(event, payload, trouble), event, trouble);
}

}  // namespace

Expected<Frame, FrameError> read_frame(Role role, std::string_view text) {
    FZ_ASSIGN(const rapidjson::Document document, parse_json(text));
    if (!document.IsObject()) return malformed("not an object");
    Trouble trouble;
    const Fields frame{&document, "frame", trouble};
    auto topic = frame.get<std::string>("topic");
    const auto event = frame.get<std::string>("event");
    if (trouble) return malformed("frame without " + std::string(trouble.field));

    std::optional<std::uint64_t> ref;
    if (const auto member = document.FindMember("ref");
        member != document.MemberEnd() && !member->value.IsNull()) {
        if (!member->value.IsUint64()) return malformed("ref is not a number");
        ref = member->value.GetUint64();
    }
    const Json null;
    const auto member = document.FindMember("payload");
    const Json& payload = member == document.MemberEnd() ? null : member->value;

    if (event == "phx_reply") return read_reply(std::move(topic), ref, payload);
    if (event == "phx_error") return read_signal<ChannelCrashed>(payload);
    if (event == "phx_close") return read_signal<ChannelClosed>(payload);
    if (event == "disconnect") return Frame{read_disconnect(payload)};
    return read_push(role, event, payload);
}

}  // namespace fz::portal
