#include "app/status_page.h"

#include <string>

#include "crypto/hash.h"

asm(".pushsection .rodata\n"
    "fz_status_page_begin:\n"
    ".incbin \"" FZ_STATUS_PAGE
    "\"\n"
    "fz_status_page_end:\n"
    ".popsection\n");

extern "C" const char fz_status_page_begin[];
extern "C" const char fz_status_page_end[];

namespace fz::app {
namespace {

/// What stands between <tag> and </tag>, as a policy names it.
std::string hash_source(std::string_view tag) {
    const std::string_view page = status_page();
    const std::string open = "<" + std::string(tag) + ">";
    const std::size_t begin = page.find(open) + open.size();
    const auto content = page.substr(begin, page.find("</" + std::string(tag) + ">") - begin);
    return "'sha256-" + crypto::to_base64(crypto::sha256(as_bytes(content))) + "'";
}

}  // namespace

std::string_view status_page() noexcept {
    return {fz_status_page_begin,
            static_cast<std::size_t>(fz_status_page_end - fz_status_page_begin)};
}

std::string_view status_page_policy() {
    static const std::string policy =
        "default-src 'none'; style-src " + hash_source("style") + "; script-src " +
        hash_source("script") +
        "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return policy;
}

}  // namespace fz::app
