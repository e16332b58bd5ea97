#include "cpu_watch.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "os/clock.h"

namespace fz::load {
namespace {

/// Time on a processor, all threads that live.
std::uint64_t run_time_ns(int pid) {
    std::uint64_t sum = 0;
    std::error_code gone;
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
        std::uint64_t ns = 0;
        std::ifstream(task.path() / "schedstat") >> ns;
        sum += ns;
    }
    return sum;
}

}  // namespace

CpuWatch::CpuWatch(const Options& options) : pid_(options.watch_pid), cpus_(options.watch_cpus) {
    total_.cpus.resize(cpus_.size());
}

CpuWatch::Reading CpuWatch::read() const {
    Reading reading{.at = os::read_monotonic_clock(), .process_ns = 0, .cpus = {}};
    if (pid_) reading.process_ns = run_time_ns(*pid_);
    reading.cpus.resize(cpus_.size());
    if (cpus_.empty()) return reading;
    std::ifstream stat("/proc/stat");
    for (std::string line; std::getline(stat, line) && line.starts_with("cpu");) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t user_ticks, nice, system_ticks, idle_ticks, wait, irq_ticks, soft;
        words >> name >> user_ticks >> nice >> system_ticks >> idle_ticks >> wait >> irq_ticks >>
            soft;
        for (std::size_t i = 0; i < cpus_.size(); ++i)
            if (name == "cpu" + std::to_string(cpus_[i]))
                reading.cpus[i] = {user_ticks + nice, system_ticks, irq_ticks, soft,
                                   idle_ticks + wait};
    }
    return reading;
}

void CpuWatch::begin() { begun_ = read(); }

void CpuWatch::end() {
    const Reading now = read();
    watched_ += now.at - begun_.at;
    total_.process_ns += now.process_ns - std::min(now.process_ns, begun_.process_ns);
    for (std::size_t i = 0; i < cpus_.size(); ++i)
        for (std::size_t column = 0; column < kColumns; ++column)
            total_.cpus[i][column] += now.cpus[i][column] - begun_.cpus[i][column];
}

void CpuWatch::describe(JsonObject& into) const {
    const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
    if (pid_)
        into.number("process_cpu_seconds", 1e-9 * static_cast<double>(total_.process_ns));
    else
        into.raw("process_cpu_seconds", "null");
    into.number("watched_seconds", std::chrono::duration<double>(watched_).count());
    JsonArray cpus;
    for (std::size_t i = 0; i < cpus_.size(); ++i) {
        const Ticks& ticks = total_.cpus[i];
        const auto seconds = [&](Column column) {
            return tick * static_cast<double>(ticks[column]);
        };
        cpus.add(JsonObject{}
                     .count("cpu", cpus_[i])
                     .number("user_s", seconds(user))
                     .number("system_s", seconds(system))
                     .number("irq_s", seconds(irq))
                     .number("softirq_s", seconds(softirq))
                     .number("idle_s", seconds(idle)));
    }
    into.raw("cpus", cpus.str());
}

}  // namespace fz::load
