// The mode that measures bare ciphers: what no gateway can be faster than.
#include <vector>

#include "crypto/aead_engine.h"
#include "modes.h"
#include "os/clock.h"
#include "os/entropy.h"

namespace fz::load {
namespace {

constexpr std::size_t kSizes[] = {64, 128, 512, 1280, 1420};  ///< bytes of text
constexpr std::size_t kPackets = 64;                          ///< per call: a train
constexpr std::size_t kRoom = 1536;                           ///< bytes per packet

/// One engine, one key, one train that is sealed and opened again and again.
class Bench {
  public:
    Bench(crypto::AeadProvider provider, std::size_t size)
        : engine_(provider), size_(size), room_(kPackets * kRoom), key_(os::random_seed()) {}

    /// Mean times per packet, over at least `limit` in all. Opening is in place and destroys what
    /// it opened, so both take turns.
    void run(Duration limit) {
        turn();  // keys, caches, page faults
        seal_time_ = open_time_ = {};
        packets_ = 0;
        while (seal_time_ + open_time_ < limit) turn();
    }
    [[nodiscard]] double seal_ns() const noexcept { return per_packet(seal_time_); }
    [[nodiscard]] double open_ns() const noexcept { return per_packet(open_time_); }
    [[nodiscard]] bool all_opened() const noexcept { return all_opened_; }

  private:
    [[nodiscard]] MutBytes packet(std::size_t i) {
        return MutBytes(room_).subspan(i * kRoom, size_ + crypto::kAeadTagSize);
    }
    void seal() {
        std::vector<crypto::SealJob>& jobs = seal_jobs_;
        jobs.clear();
        for (std::size_t i = 0; i < kPackets; ++i)
            jobs.push_back({counter_++, packet(i).first(size_), packet(i).data()});
        engine_.seal(key_, jobs);
    }
    void open() {
        std::vector<crypto::OpenJob>& jobs = open_jobs_;
        jobs.clear();
        for (std::size_t i = 0; i < kPackets; ++i)
            jobs.push_back({counter_ - kPackets + i, packet(i)});
        engine_.open(key_, jobs);
        for (const crypto::OpenJob& job : jobs) all_opened_ &= job.result == crypto::Open::ok;
    }
    void turn() {
        const Instant begin = os::read_monotonic_clock();
        seal();
        const Instant sealed = os::read_monotonic_clock();
        open();
        seal_time_ += sealed - begin;
        open_time_ += os::read_monotonic_clock() - sealed;
        packets_ += kPackets;
    }
    [[nodiscard]] double per_packet(Duration time) const noexcept {
        return static_cast<double>(time.count()) / static_cast<double>(packets_);
    }

    crypto::AeadEngine engine_;
    std::size_t size_;
    std::vector<std::byte> room_;
    crypto::Secret key_;
    std::uint64_t counter_ = 0;
    std::vector<crypto::SealJob> seal_jobs_;
    std::vector<crypto::OpenJob> open_jobs_;
    Duration seal_time_{};
    Duration open_time_{};
    std::uint64_t packets_ = 0;
    bool all_opened_ = true;
};

JsonObject row(crypto::AeadProvider provider, const char* operation, std::size_t size, double ns) {
    return JsonObject{}
        .text("provider", crypto::name_of(provider))
        .text("operation", operation)
        .count("size", size)
        .number("ns_per_packet", ns)
        .number("gbit_per_s", 8.0 * static_cast<double>(size) / ns);
}

}  // namespace

Expected<JsonObject> run_aead(const Options& options) {
    const auto providers = crypto::aead_providers();
    const Duration each = options.seconds / (std::size(kSizes) * providers.size());
    JsonArray results;
    for (const crypto::AeadProvider provider : providers)
        for (const std::size_t size : kSizes) {
            Bench bench(provider, size);
            bench.run(each);
            if (!bench.all_opened()) return Unexpected{Error("a cipher rejects its own packets")};
            results.add(row(provider, "seal", size, bench.seal_ns()));
            results.add(row(provider, "open", size, bench.open_ns()));
        }
    JsonObject result;
    result.text("mode", "aead").raw("results", results.str());
    return result;
}

}  // namespace fz::load
