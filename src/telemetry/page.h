// The page that a running gateway shares with whoever may read it: its facts, and the figures of
// each worker.
//
// Memory without a name (memfd), handed out read-only through the command port: it belongs to the
// gateway's network namespace, and nothing is left behind by a crash. Each part has one writer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/expected.h"
#include "base/time.h"
#include "os/shared_memory.h"
#include "telemetry/facts.h"
#include "telemetry/sequenced.h"
#include "telemetry/worker_figures.h"

namespace fz::telemetry {

/// A gateway at one moment. Each part is whole in itself; parts are read one after another.
struct Snapshot {
    Instant taken_at{};  ///< CLOCK_MONOTONIC of this host
    GatewayFacts facts;
    std::vector<WorkerFigures> workers;
};

/// The gateway's end.
class PageWriter {
  public:
    /// Errors: no memory.
    [[nodiscard]] static Expected<PageWriter> create(std::size_t workers, std::string_view version);

    /// Written by worker i alone.
    [[nodiscard]] Sequenced<WorkerFigures>& worker(std::size_t i) noexcept;
    /// Written by the control thread alone.
    [[nodiscard]] Sequenced<GatewayFacts>& facts() noexcept;
    /// A descriptor with which others can read the page, but not write it.
    [[nodiscard]] int read_only_fd() const noexcept { return memory_.read_only_fd(); }
    [[nodiscard]] Bytes bytes() const noexcept { return memory_.bytes(); }

  private:
    explicit PageWriter(os::SharedMemory memory) noexcept : memory_(std::move(memory)) {}

    os::SharedMemory memory_;
};

/// Reads a page, wherever its bytes come from; they are aligned to 8.
/// Errors: not a gateway's page, one of another version, a part of one, or one whose writer died in
/// the middle of a change; a sentence for the operator.
[[nodiscard]] Expected<Snapshot> read_page(Bytes page, Instant now);

}  // namespace fz::telemetry
