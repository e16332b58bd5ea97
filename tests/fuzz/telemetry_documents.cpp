// What fz-stat reads: a saved snapshot, a list of peers, a gateway's page. The first byte picks. A
// snapshot that is read is written and read again, and must be the same.
#include <cstring>
#include <string>
#include <vector>

#include "base/assert.h"
#include "telemetry/page.h"
#include "telemetry/peer_report.h"
#include "telemetry/prometheus.h"
#include "telemetry/snapshot_json.h"

namespace {

using namespace fz;
using namespace fz::telemetry;

void show(const Snapshot& snapshot) {
    const std::string text = to_json(snapshot);
    const auto again = from_json(text);
    FZ_ASSERT(again);
    FZ_ASSERT(to_json(*again) == text);
    FZ_ASSERT(!prometheus_text(snapshot).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            if (const auto snapshot = from_json(text)) show(*snapshot);
            break;
        case 1:
            static_cast<void>(read_peers(text));
            break;
        default: {
            std::vector<std::uint64_t> words(text.size() / sizeof(std::uint64_t));
            if (!words.empty()) std::memcpy(words.data(), text.data(), words.size() * 8);
            if (const auto snapshot = read_page(std::as_bytes(std::span(words)), Instant{}))
                show(*snapshot);
        }
    }
    return 0;
}
