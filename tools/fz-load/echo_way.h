// A way to the echoing host and back: through a peer's tunnel, or plain.
#pragma once

#include <memory>
#include <optional>

#include "echo_message.h"
#include "fleet.h"
#include "os/unique_fd.h"

namespace fz::load {

/// Everything but the two system calls happens before the clock starts or after it has stopped.
class EchoWay {
  public:
    virtual ~EchoWay() = default;

    virtual void prepare(const Echo& echo) = 0;
    virtual void send() = 0;
    /// Waits for a datagram, at most `limit`; false if none came.
    virtual bool receive(Duration limit) = 0;
    /// Whose answer the datagram was; all zero if it was something else.
    virtual Echo read() = 0;
    /// What keeps the way open, while nothing is measured.
    virtual void service() {}
};

/// Through the tunnel of `fleet`'s only peer; the fleet outlives the way.
[[nodiscard]] std::unique_ptr<EchoWay> through_tunnel(Fleet& fleet, const wire::IpAddr& target);
/// By a raw socket and whatever route there is. Errors: no permission, no route.
[[nodiscard]] Expected<std::unique_ptr<EchoWay>> plain_way(const wire::IpAddr& target);

}  // namespace fz::load
