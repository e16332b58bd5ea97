#include "stat/request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "stat/usage.h"

namespace fz::stat {
namespace {

using Kind = Request::Kind;

struct Command {
    std::string_view name;
    Kind kind;
    Screen screen;
    std::size_t fewest;  ///< arguments
    std::size_t most;
};
constexpr std::array kCommands{
    Command{"drops", Kind::show, Screen::drops, 0, 0},
    Command{"xdp", Kind::show, Screen::xdp, 0, 0},
    Command{"hist", Kind::show, Screen::histograms, 0, 0},
    Command{"peers", Kind::show, Screen::peers, 0, 0},
    Command{"diff", Kind::diff, Screen::overview, 2, 2},
    Command{"check", Kind::check, Screen::overview, 0, 0},
    Command{"datapath", Kind::datapath, Screen::overview, 0, 1},
};

constexpr double kLongest = 86'400;  // seconds

std::optional<double> number(std::string_view text, double least, double most) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!(value >= least && value <= most)) return std::nullopt;
    return value;
}

Duration seconds(double value) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

/// Reads one argument after the other.
class Parser {
  public:
    explicit Parser(std::span<const std::string_view> arguments) noexcept : left_(arguments) {}

    Expected<Request, std::string> parse() {
        while (!left_.empty()) {
            const std::string_view argument = take();
            const auto complaint = argument.starts_with('-') ? option(argument) : command(argument);
            if (complaint) return Unexpected{*complaint};
        }
        return finish();
    }

  private:
    using Complaint = std::optional<std::string>;

    std::string_view take() {
        const std::string_view first = left_.front();
        left_ = left_.subspan(1);
        return first;
    }

    Complaint option(std::string_view name) {
        if (name == "-h" || name == "--help") return request_.kind = Kind::help, Complaint{};
        if (name == "-w") return watch();
        if (name == "-n") return count();
        if (name == "--json") return format(Format::json);
        if (name == "--ndjson") return format(Format::ndjson);
        if (name == "--prometheus") return format(Format::prometheus);
        if (name == "--all") return request_.all_drops = true, Complaint{};
        Thresholds& limits = request_.thresholds;
        if (name == "--warn-busy") return share(name, limits.warn_busy, 100);
        if (name == "--crit-busy") return share(name, limits.crit_busy, 100);
        if (name == "--warn-loss") return share(name, limits.warn_loss, 100);
        if (name == "--crit-loss") return share(name, limits.crit_loss, 100);
        if (name == "--portal-grace") {
            double grace = 0;
            if (auto complaint = value(name, grace, kLongest)) return complaint;
            limits.portal_grace = seconds(grace);
            return {};
        }
        return "there is no option " + std::string(name);
    }
    Complaint watch() {
        request_.every = std::chrono::seconds(1);
        if (left_.empty()) return {};
        if (const auto interval = number(left_.front(), 0.1, kLongest)) {
            request_.every = seconds(*interval);
            take();
        } else if (!left_.front().empty() && left_.front()[0] >= '0' && left_.front()[0] <= '9') {
            return "-w takes a number of seconds from 0.1 to 86400";
        }
        return {};
    }
    Complaint count() {
        double screens = 0;
        if (auto complaint = value("-n", screens, 1e9)) return complaint;
        request_.count = static_cast<std::uint64_t>(screens);
        return {};
    }
    Complaint format(Format format) {
        request_.format = format;
        return {};
    }
    Complaint share(std::string_view name, double& share, double most) {
        if (auto complaint = value(name, share, most)) return complaint;
        share /= 100;
        return {};
    }
    Complaint value(std::string_view name, double& into, double most) {
        const auto read = left_.empty() ? std::nullopt : number(left_.front(), 0, most);
        if (!read) return std::string(name) + " takes a number";
        into = *read;
        take();
        return {};
    }

    Complaint command(std::string_view name) {
        if (command_ != nullptr) {
            request_.arguments.emplace_back(name);
            return {};
        }
        const auto* const found =
            std::find_if(kCommands.begin(), kCommands.end(),
                         [&](const Command& each) { return each.name == name; });
        if (found == kCommands.end()) return "there is no command " + std::string(name);
        command_ = found;
        request_.kind = found->kind;
        request_.screen = found->screen;
        return {};
    }

    Expected<Request, std::string> finish() {
        if (request_.kind == Kind::help) return request_;
        const std::size_t given = request_.arguments.size();
        if (command_ != nullptr && (given < command_->fewest || given > command_->most))
            return Unexpected{std::string(command_->name) + " takes " +
                              (command_->most == 0   ? "no arguments"
                               : command_->most == 1 ? "one argument, or none"
                                                     : "two files")};
        if (request_.format == Format::ndjson && !request_.every)
            return Unexpected{std::string("--ndjson goes with -w")};
        if (request_.screen == Screen::peers && request_.format != Format::screen &&
            (request_.every || request_.format != Format::json))
            return Unexpected{std::string("peers are shown as a table, or with --json alone")};
        if (request_.every && request_.kind != Kind::show)
            return Unexpected{std::string("-w goes with screens")};
        return request_;
    }

    std::span<const std::string_view> left_;
    const Command* command_ = nullptr;
    Request request_;
};

}  // namespace

Expected<Request, std::string> parse(std::span<const std::string_view> arguments) {
    return Parser(arguments).parse();
}

}  // namespace fz::stat
