// fz-stat: shows what the gateway of this network namespace is doing.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "os/clock.h"
#include "stat/peers.h"
#include "stat/request.h"
#include "stat/source.h"
#include "stat/terminal.h"
#include "stat/usage.h"
#include "stat/watch.h"
#include "telemetry/prometheus.h"
#include "telemetry/snapshot_json.h"

namespace {

using namespace fz;
using namespace fz::stat;
using telemetry::Snapshot;

constexpr Duration kSample = std::chrono::seconds(1);  ///< rates need two looks

int complain(const std::string& sentence, int status) {
    std::fprintf(stderr, "fz-stat: %s\n", sentence.c_str());
    return status;
}
int complain(const Failure& failure) { return complain(failure.sentence, failure.status); }

int print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? kGood : kRefused;
}

struct Sample {
    Snapshot before;
    Snapshot after;
};

Expected<Sample, Failure> sample() {
    auto source = Source::open();
    if (!source) return Unexpected{source.error()};
    auto before = source->look();
    if (!before) return Unexpected{before.error()};
    std::this_thread::sleep_for(kSample);
    auto after = source->look();
    if (!after) return Unexpected{after.error()};
    return Sample{std::move(*before), std::move(*after)};
}

int show_document(Format format) {
    auto source = Source::open();
    if (!source) return complain(source.error());
    const auto snapshot = source->look();
    if (!snapshot) return complain(snapshot.error());
    return print(format == Format::prometheus ? telemetry::prometheus_text(*snapshot)
                                              : telemetry::to_json(*snapshot) + "\n");
}

int show_peers(const Request& request) {
    if (request.format == Format::json) {
        std::vector<std::string> pages;
        const auto all = fetch_peers([&pages](const std::string& page) { pages.push_back(page); });
        return all ? print(telemetry::join_peers(pages) + "\n") : complain(all.error());
    }
    const auto all = fetch_peers();
    if (!all) return complain(all.error());
    const Medium medium = standard_output();
    return print(painted(peers_and_grants(*all, os::read_clocks().unix, medium.width), medium));
}

int show(const Request& request) {
    if (request.every) return watch(request);
    if (request.screen == Screen::peers) return show_peers(request);
    if (request.format != Format::screen) return show_document(request.format);
    const auto looks = sample();
    if (!looks) return complain(looks.error());
    const Medium medium = standard_output();
    return print(painted(
        screen(request.screen, looks->before, looks->after, request.all_drops, medium.width),
        medium));
}

Expected<Snapshot, std::string> read_file(const std::string& path) {
    const std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Unexpected{"cannot read " + path};
    auto snapshot = telemetry::from_json(text.str());
    if (!snapshot) return Unexpected{path + ": " + snapshot.error().to_string()};
    return std::move(*snapshot);
}

int show_difference(const Request& request) {
    const auto before = read_file(request.arguments[0]);
    if (!before) return complain(before.error(), kRefused);
    const auto after = read_file(request.arguments[1]);
    if (!after) return complain(after.error(), kRefused);
    if (after->taken_at <= before->taken_at)
        return complain(request.arguments[1] + " is not newer than " + request.arguments[0],
                        kRefused);
    const Medium medium = standard_output();
    Lines lines = screen(Screen::overview, *before, *after, request.all_drops, medium.width);
    lines.emplace_back();
    const Lines lost = screen(Screen::drops, *before, *after, request.all_drops, medium.width);
    lines.insert(lines.end(), lost.begin(), lost.end());
    return print(painted(lines, medium));
}

int check_health(const Request& request) {
    constexpr int kCritical = 2;
    const auto looks = sample();
    if (!looks) {
        std::printf("CRITICAL - %s\n", looks.error().sentence.c_str());
        return kCritical;
    }
    const Health health =
        check(looks->after, rates_between(looks->before, looks->after), request.thresholds);
    std::printf("%s\n", health.line.c_str());
    return health.status;
}

int datapath(const Request& request) {
    std::string command = "datapath";
    if (!request.arguments.empty()) command += ' ' + request.arguments[0];
    const auto answer = ask(command);
    if (answer) return print(*answer);
    if (answer.error().status != kRefused) return complain(answer.error());
    std::fprintf(stderr, "%s\n", answer.error().sentence.c_str());  // a line per interface
    return kRefused;
}

int run(const Request& request) {
    switch (request.kind) {
        case Request::Kind::show:
            return show(request);
        case Request::Kind::diff:
            return show_difference(request);
        case Request::Kind::check:
            return check_health(request);
        case Request::Kind::datapath:
            return datapath(request);
        case Request::Kind::help:
            return print(help_text());
    }
    return kCalledWrongly;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const auto request = parse(arguments);
    if (!request) return complain(request.error() + "; `fz-stat --help` lists all", kCalledWrongly);
    return run(*request);
}
