// The compiled program of bpf/, as it lies in our binary.
#pragma once

#include "base/bytes.h"

namespace fz::fastpath {

/// An ELF file for libbpf.
[[nodiscard]] Bytes program_object() noexcept;

}  // namespace fz::fastpath
