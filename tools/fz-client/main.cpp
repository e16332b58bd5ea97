// fz-client: the lab's client, started with the environment of a stock headless client.
//
// FZ_CLIENT_EXTRA_ROUTES="10.99.0.0/16,..." also sends packets for these networks to a connected
// gateway, which has not granted them.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "app/config.h"
#include "app/environment.h"
#include "app/log_sink.h"
#include "app/shell.h"
#include "app/token.h"
#include "client.h"
#include "crypto/x25519.h"
#include "os/entropy.h"

namespace {

int complain(const std::string& sentence, int code) {
    std::fprintf(stderr, "fz-client: %s\n", sentence.c_str());
    return code;
}

/// Nothing if one of them is no network.
std::optional<std::vector<fz::wire::Cidr>> parse_networks(std::string_view list) {
    std::vector<fz::wire::Cidr> networks;
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto network = fz::wire::Cidr::parse(list.substr(0, comma));
        if (!network) return std::nullopt;
        networks.push_back(*network);
        list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    }
    return networks;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const fz::app::Environment environment = fz::app::environment_of(environ);
    const auto config = fz::app::parse(arguments, environment);
    if (!config) return complain(config.error().what, 2);
    const auto token = fz::app::token_of(config->portal);
    if (!token) return complain(token.error().what, 2);
    const auto extra = environment.find("FZ_CLIENT_EXTRA_ROUTES");
    const auto routes = parse_networks(extra == environment.end() ? "" : extra->second);
    if (!routes) return complain("FZ_CLIENT_EXTRA_ROUTES is no list of networks", 2);

    fz::app::log_to_standard_output(config->log);
    fz::crypto::Random random{fz::crypto::Secret{fz::os::random_seed()}};
    const fz::crypto::KeyPair keys = fz::crypto::generate_key_pair(random);
    fz::client::Client client(keys, *routes, random);
    const auto ended = fz::app::run(
        *config, *token, {fz::portal::Role::client, fz::os::Forwarding::off, "firezone-client"},
        client, keys.public_key, random);
    return ended ? 0 : complain(ended.error().to_string(), 1);
}
