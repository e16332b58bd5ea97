#include "telemetry/page.h"

#include <cstring>
#include <new>
#include <string>

namespace fz::telemetry {
namespace {

constexpr std::uint64_t kMagic = 0x003154'41545a'4600;  // not text, so that no text file has it
/// To be raised with every change of what lies in the page; drops and verdicts are told by their
/// number.
constexpr std::uint64_t kLayout = 2;

struct Head {
    std::uint64_t magic = kMagic;
    std::uint64_t layout = kLayout;
    std::uint64_t drops = dataplane::kDropCount;
    std::uint64_t facts_size = sizeof(GatewayFacts);
    std::uint64_t worker_size = sizeof(WorkerFigures);
    std::uint64_t workers = 0;
    Text<32> version;
};

/// Parts of different writers share no pair of cache lines.
constexpr std::size_t kPart = 128;

constexpr std::size_t rounded_up(std::size_t size) { return (size + kPart - 1) / kPart * kPart; }

constexpr std::size_t kFactsAt = rounded_up(sizeof(Head));
constexpr std::size_t kWorkersAt = kFactsAt + rounded_up(sizeof(Sequenced<GatewayFacts>));
constexpr std::size_t kWorkerStride = rounded_up(sizeof(Sequenced<WorkerFigures>));
constexpr std::uint64_t kMaxWorkers = 1024;

constexpr std::size_t size_of(std::size_t workers) { return kWorkersAt + workers * kWorkerStride; }

template <typename T>
T& part(const os::SharedMemory& memory, std::size_t at) noexcept {
    return *std::launder(reinterpret_cast<T*>(memory.writable() + at));
}

template <typename T>
std::optional<T> load(Bytes page, std::size_t at) noexcept {
    return std::launder(reinterpret_cast<const Sequenced<T>*>(page.data() + at))->load();
}

Error changing() {
    return Error("the gateway's counters cannot be read: it ended while it wrote them");
}

}  // namespace

Expected<PageWriter> PageWriter::create(std::size_t workers, std::string_view version) {
    FZ_ASSIGN(auto memory, os::SharedMemory::create("firezone-gateway", size_of(workers)));
    Head head;
    head.workers = workers;
    head.version = version;
    std::memcpy(memory.writable(), &head, sizeof head);
    new (memory.writable() + kFactsAt) Sequenced<GatewayFacts>();
    for (std::size_t i = 0; i < workers; ++i)
        new (memory.writable() + kWorkersAt + i * kWorkerStride) Sequenced<WorkerFigures>();
    return PageWriter(std::move(memory));
}

Sequenced<GatewayFacts>& PageWriter::facts() noexcept {
    return part<Sequenced<GatewayFacts>>(memory_, kFactsAt);
}

Sequenced<WorkerFigures>& PageWriter::worker(std::size_t i) noexcept {
    return part<Sequenced<WorkerFigures>>(memory_, kWorkersAt + i * kWorkerStride);
}

Expected<Snapshot> read_page(Bytes page, Instant now) {
    Head head;
    if (page.size() < sizeof head) return Unexpected{Error("these are no gateway's counters")};
    std::memcpy(&head, page.data(), sizeof head);
    const Head ours;
    if (head.magic != kMagic) return Unexpected{Error("these are no gateway's counters")};
    if (head.layout != ours.layout || head.drops != ours.drops ||
        head.facts_size != ours.facts_size || head.worker_size != ours.worker_size)
        return Unexpected{Error("the gateway has version " + std::string(head.version.view()) +
                                ": only the fz-stat that was built with it can read its counters")};
    if (head.workers > kMaxWorkers || page.size() < size_of(head.workers))
        return Unexpected{Error("the gateway's counters are cut off")};
    Snapshot snapshot;
    snapshot.taken_at = now;
    const auto facts = load<GatewayFacts>(page, kFactsAt);
    if (!facts) return Unexpected{changing()};
    snapshot.facts = *facts;
    for (std::size_t i = 0; i < head.workers; ++i) {
        const auto figures = load<WorkerFigures>(page, kWorkersAt + i * kWorkerStride);
        if (!figures) return Unexpected{changing()};
        snapshot.workers.push_back(*figures);
    }
    return snapshot;
}

}  // namespace fz::telemetry
