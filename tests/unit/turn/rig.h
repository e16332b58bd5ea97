// An allocation, a fake server and a clock that jumps from deadline to deadline.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "turn/allocation.h"
#include "unit/turn/fake_server.h"

namespace fz::turn::test {

inline wire::SocketAddr addr(std::string_view text) { return *wire::SocketAddr::parse(text); }

inline const wire::SocketAddr kServerV4 = addr("192.0.2.10:3478");
inline const wire::SocketAddr kServerV6 = addr("[2001:db8::10]:3478");
inline const wire::SocketAddr kLocalV4 = addr("10.0.0.5:52625");
inline const wire::SocketAddr kLocalV6 = addr("[fd00::5]:52625");
inline const wire::SocketAddr kPeer = addr("100.64.1.2:4000");
inline const wire::SocketAddr kPeerV6 = addr("[2001:db8:99::2]:4000");
constexpr Instant kStart{1000s};

inline Server dual_stack() { return {{kServerV4, kServerV6}, "1700000000:salt", "password"}; }
inline Server v4_only() { return {{kServerV4, std::nullopt}, "1700000000:salt", "password"}; }

class Rig {
  public:
    explicit Rig(Dialect dialect, Server where = v4_only(), std::string_view password = "password")
        : server(dialect, where.username, std::string(password)),
          allocation(std::move(where), random, kStart) {}

    crypto::Random random{crypto::Secret{}};
    FakeServer server;
    Allocation allocation;
    Instant now = kStart;
    std::vector<Event> events;
    wire::SocketAddr local_v4 = kLocalV4;

    /// Delivers everything that is on its way, without time passing.
    void settle() {
        for (int i = 0;; ++i) {
            ASSERT_LT(i, 500) << "a tight loop";
            const auto transmit = allocation.poll_transmit();
            if (!transmit) break;
            EXPECT_FALSE(transmit->src);
            const auto answer = server.handle(*transmit, now);
            if (!answer) continue;
            const auto& local = transmit->dst.family() == wire::Family::v4 ? local_v4 : kLocalV6;
            EXPECT_EQ(allocation.handle_response(transmit->dst, local, answer->view(), now),
                      Input::consumed);
        }
        while (auto event = allocation.poll_event()) events.push_back(*event);
    }

    /// Lets `span` pass, stopping at every deadline.
    void run(Duration span) {
        const Instant until = now + span;
        settle();
        for (int stuck = 0;;) {
            const auto next = allocation.poll_timeout();
            if (!next || *next > until) break;
            stuck = *next > now ? 0 : stuck + 1;
            ASSERT_LT(stuck, 5) << "a deadline that does not move";
            now = std::max(now, *next);
            allocation.handle_timeout(now);
            settle();
        }
        now = until;
    }

    /// ChannelData from the server.
    std::optional<Relayed> deliver(wire::ChannelNumber number, std::string_view payload) {
        datagram_.resize(4 + payload.size());
        Writer writer(datagram_);
        writer.be(number.value);
        writer.be(static_cast<std::uint16_t>(payload.size()));
        writer.bytes(as_bytes(payload));
        return allocation.decapsulate(kServerV4, datagram_, now);
    }

    template <typename T>
    [[nodiscard]] std::vector<T> all() const {
        std::vector<T> matching;
        for (const Event& event : events)
            if (const T* found = std::get_if<T>(&event)) matching.push_back(*found);
        return matching;
    }

    /// Seconds since the start at which requests of that method were seen.
    [[nodiscard]] std::vector<double> times(stun::Method method) const {
        std::vector<double> seconds;
        for (const Seen& request : server.seen(method))
            seconds.push_back(std::chrono::duration<double>(request.at - kStart).count());
        return seconds;
    }

  private:
    std::vector<std::byte> datagram_;
};

}  // namespace fz::turn::test
