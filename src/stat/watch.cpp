#include "stat/watch.h"

#include <cstdio>
#include <memory>
#include <thread>

#include "os/clock.h"
#include "stat/details.h"
#include "stat/peers.h"
#include "stat/source.h"
#include "stat/terminal.h"
#include "stat/trend.h"
#include "stat/usage.h"
#include "telemetry/snapshot_json.h"

namespace fz::stat {
namespace {

using telemetry::Snapshot;

/// A gateway tells of itself each second; one that has not for so long may be another one by now.
constexpr Duration kStale = std::chrono::seconds(3);

bool is_stale(const Snapshot& snapshot) {
    const Instant updated{Duration(static_cast<Duration::rep>(snapshot.facts.updated_at_ns))};
    return snapshot.taken_at - updated >= kStale;
}

/// Looks at the gateway, and at its successor if it has ended.
class Follower {
  public:
    Expected<Snapshot, Failure> look() {
        if (source_) {
            auto snapshot = source_->look();
            if (snapshot && !is_stale(*snapshot)) return snapshot;
            source_.reset();
        }
        auto opened = Source::open();
        if (!opened) return Unexpected{opened.error()};
        source_.emplace(std::move(*opened));
        return source_->look();
    }

  private:
    std::optional<Source> source_;
};

class Watch {
  public:
    explicit Watch(const Request& request)
        : request_(request), which_(request.screen), medium_(standard_output()) {
        if (request.format == Format::screen && medium_.terminal)
            full_screen_ = std::make_unique<FullScreen>();
    }

    int run() {
        auto first = follower_.look();
        if (!first) {
            full_screen_.reset();
            std::fprintf(stderr, "fz-stat: %s\n", first.error().sentence.c_str());
            return first.error().status;
        }
        before_ = std::move(*first);
        for (std::uint64_t shown = 0; !request_.count || shown < *request_.count; ++shown) {
            if (pause(*request_.every)) return kGood;
            refresh();
        }
        return kGood;
    }

  private:
    /// True if it is time to end. Keys take effect at once.
    bool pause(Duration limit) {
        if (full_screen_ == nullptr) {
            std::this_thread::sleep_for(limit);
            return std::ferror(stdout) != 0;
        }
        const auto until = std::chrono::steady_clock::now() + limit;
        for (;;) {
            const Duration left = until - std::chrono::steady_clock::now();
            if (left <= Duration::zero()) return false;
            const auto key = full_screen_->wait(left);
            if (!key) continue;
            if (*key == Key::quit) return true;
            obey(*key);
        }
    }
    void obey(Key key) {
        const auto turn = [this](std::size_t by) {
            order_ = static_cast<Order>((static_cast<std::size_t>(order_) + by) % kOrders);
        };
        switch (key) {
            case Key::overview:
                which_ = Screen::overview;
                break;
            case Key::drops:
                which_ = Screen::drops;
                break;
            case Key::xdp:
                which_ = Screen::xdp;
                break;
            case Key::histograms:
                which_ = Screen::histograms;
                break;
            case Key::peers:
                which_ = Screen::peers;
                break;
            case Key::left:
                turn(kOrders - 1);
                break;
            case Key::right:
                turn(1);
                break;
            case Key::quit:
                break;
        }
        if (shown_) draw(lines());
    }
    void refresh() {
        auto snapshot = follower_.look();
        if (!snapshot) return draw({snapshot.error().sentence + "; waiting for one"});
        if (shown_) before_ = std::move(*shown_);
        shown_ = std::move(*snapshot);
        if (request_.format == Format::ndjson) {
            std::printf("%s\n", telemetry::to_json(*shown_).c_str());
            std::fflush(stdout);
            return;
        }
        trend_.add(rates_between(before_, *shown_));
        draw(lines());
    }
    Lines lines() const {
        if (which_ == Screen::peers) return who_is_connected();
        Lines all = screen(which_, before_, *shown_, request_.all_drops, medium_.width, order_);
        if (which_ == Screen::overview && full_screen_ != nullptr) {
            all.emplace_back();
            const Lines trend = trend_.lines(medium_.width);
            all.insert(all.end(), trend.begin(), trend.end());
        }
        return all;
    }
    Lines who_is_connected() const {
        const auto all = fetch_peers();
        if (!all) return {all.error().sentence};
        return peers_and_grants(*all, os::read_clocks().unix, medium_.width);
    }
    void draw(Lines lines) {
        medium_ = standard_output();
        if (full_screen_ == nullptr) {
            lines.emplace_back();
            std::fputs(painted(lines, medium_).c_str(), stdout);
            std::fflush(stdout);
            return;
        }
        if (lines.size() >= medium_.height) lines.resize(medium_.height - 1);
        full_screen_->draw(painted(lines, medium_));
    }

    const Request& request_;
    Screen which_;
    Medium medium_;
    Order order_ = Order::queue;
    Follower follower_;
    Snapshot before_;
    std::optional<Snapshot> shown_;
    Trend trend_;
    std::unique_ptr<FullScreen> full_screen_;
};

}  // namespace

Lines screen(Screen which, const Snapshot& before, const Snapshot& after, bool all_drops,
             std::size_t width, Order order) {
    switch (which) {
        case Screen::drops:
            return drops(before, after, all_drops ? Which::all : Which::those_that_happened, width);
        case Screen::xdp:
            return rings(after, width);
        case Screen::histograms:
            return histograms(after, width);
        case Screen::peers:  // are no figures: who_is_connected
        case Screen::overview:
            break;
    }
    Lines lines = header(after, width);
    lines.emplace_back();
    const Lines rows = queues(after, rates_between(before, after), width, order);
    lines.insert(lines.end(), rows.begin(), rows.end());
    return lines;
}

int watch(const Request& request) { return Watch(request).run(); }

}  // namespace fz::stat
