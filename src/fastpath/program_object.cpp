#include "fastpath/program_object.h"

asm(".pushsection .rodata\n"
    ".balign 8\n"
    "fz_program_object_begin:\n"
    ".incbin \"" FZ_BPF_OBJECT
    "\"\n"
    "fz_program_object_end:\n"
    ".popsection\n");

extern "C" const std::byte fz_program_object_begin[];
extern "C" const std::byte fz_program_object_end[];

namespace fz::fastpath {

Bytes program_object() noexcept { return {fz_program_object_begin, fz_program_object_end}; }

}  // namespace fz::fastpath
