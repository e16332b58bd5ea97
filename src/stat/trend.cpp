#include "stat/trend.h"

#include <algorithm>
#include <array>

#include "stat/units.h"

namespace fz::stat {
namespace {

constexpr std::array<const char*, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

void keep(std::vector<double>& past, double number, std::size_t most) {
    past.push_back(number);
    if (past.size() > most) past.erase(past.begin());
}

}  // namespace

std::string sparkline(std::span<const double> numbers, std::size_t width) {
    numbers = numbers.last(std::min(numbers.size(), width));
    const double most = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
    std::string line;
    for (const double number : numbers) {
        const double level = most > 0 ? number / most * (kBlocks.size() - 1) : 0;
        // What is not nothing shows.
        const auto block = static_cast<std::size_t>(level + 0.5);
        line += number > 0 ? kBlocks[std::clamp<std::size_t>(block, 1, kBlocks.size() - 1)]
                           : kBlocks[0];
    }
    return line;
}

void Trend::add(const Rates& rates) {
    queues_.resize(rates.queues.size());
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        keep(queues_[i].bits, rates.queues[i].up.bits + rates.queues[i].down.bits, kKept);
        keep(queues_[i].drops, rates.queues[i].drops, kKept);
    }
}

Lines Trend::lines(std::size_t width) const {
    Lines lines;
    // "queue 12  ▁▂▃  12.3 Gbit/s at most   drops ▁▂▃": the words take about 40 columns.
    const std::size_t room = width > 50 ? (width - 40) / 2 : 0;
    if (room == 0) return lines;
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        const auto& bits = queues_[i].bits;
        const double most = bits.empty() ? 0 : *std::max_element(bits.begin(), bits.end());
        lines.push_back("queue " + std::to_string(i) + "  " + sparkline(bits, room) + "  up to " +
                        human(most, "bit/s") + "   drops " + sparkline(queues_[i].drops, room));
    }
    return lines;
}

}  // namespace fz::stat
