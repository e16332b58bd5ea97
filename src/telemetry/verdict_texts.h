// What the XDP program's verdicts are called, and what they mean: the list of bpf/abi.h.
#pragma once

#include <array>
#include <string_view>

#include "bpf/abi.h"

namespace fz::telemetry {

struct VerdictText {
    std::string_view name;
    std::string_view help;
};

inline constexpr std::array<VerdictText, FZ_VERDICT_COUNT> kVerdictTexts{{
#define FZ_VERDICT_TEXT(name, help) VerdictText{#name, help},
    FZ_VERDICTS(FZ_VERDICT_TEXT)
#undef FZ_VERDICT_TEXT
}};

}  // namespace fz::telemetry
