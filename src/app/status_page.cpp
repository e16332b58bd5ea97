#include "app/status_page.h"

asm(".pushsection .rodata\n"
    "fz_status_page_begin:\n"
    ".incbin \"" FZ_STATUS_PAGE
    "\"\n"
    "fz_status_page_end:\n"
    ".popsection\n");

extern "C" const char fz_status_page_begin[];
extern "C" const char fz_status_page_end[];

namespace fz::app {

std::string_view status_page() noexcept {
    return {fz_status_page_begin,
            static_cast<std::size_t>(fz_status_page_end - fz_status_page_begin)};
}

}  // namespace fz::app
