#include "os/firewall.h"

#include <nftables/libnftables.h>

#include <memory>

namespace fz::os {
namespace {

struct FreeContext {
    void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
};

const char* nft_family(wire::Family family) noexcept {
    return family == wire::Family::v4 ? "ip" : "ip6";
}

/// Runs `script` as one transaction: all of it or nothing.
Expected<void> run(const std::string& script, const std::string& what) {
    const std::unique_ptr<nft_ctx, FreeContext> context(nft_ctx_new(NFT_CTX_DEFAULT));
    if (!context) return Unexpected{Error(what + ": libnftables cannot start")};
    nft_ctx_buffer_output(context.get());
    nft_ctx_buffer_error(context.get());
    if (nft_run_cmd_from_buffer(context.get(), script.c_str()) == 0) return {};
    // The first line of the message; the others quote the script and underline a part of it.
    const std::string reason = nft_ctx_get_error_buffer(context.get());
    return Unexpected{Error(what + ": " + reason.substr(0, reason.find('\n')))};
}

}  // namespace

Expected<void> install_firewall(const std::string& tun, const wire::Cidr& clients) {
    const std::string family = nft_family(clients.base().family());
    const std::string table = family + " firezone";
    // "add" before "delete" lets the deletion succeed whether or not the table was there. The two
    // forward rules speak for this table only: nftables drops a packet if any base chain of the
    // hook drops it, so a host whose own FORWARD policy is drop (Docker's is) must accept the
    // device there as well.
    const std::string script = "add table " + table + "\n" + "delete table " + table + "\n" +
                               "table " + table +
                               " {\n"
                               "  chain forward {\n"
                               "    type filter hook forward priority filter; policy accept;\n"
                               "    iifname \"" +
                               tun +
                               "\" accept\n"
                               "    oifname \"" +
                               tun +
                               "\" accept\n"
                               "  }\n"
                               "  chain postrouting {\n"
                               "    type nat hook postrouting priority srcnat; policy accept;\n"
                               "    oifname != { \"" +
                               tun + "\", \"lo\" } " + family + " saddr " + clients.to_string() +
                               " masquerade\n"
                               "  }\n"
                               "}\n";
    return run(script, "cannot masquerade " + clients.to_string() + " with nftables");
}

Expected<void> remove_firewall(wire::Family family) {
    const std::string table = std::string(nft_family(family)) + " firezone";
    return run("add table " + table + "\ndelete table " + table + "\n",
               "cannot remove the nftables table " + table);
}

}  // namespace fz::os
