// firezone-gateway: reads what the operator asked for, runs the gateway, ends with the right code.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "app/config.h"
#include "app/environment.h"
#include "app/log_sink.h"
#include "app/shell.h"
#include "app/token.h"
#include "app/version.h"
#include "base/log.h"
#include "crypto/x25519.h"
#include "os/command_port.h"
#include "os/entropy.h"
#include "tunnel/gateway.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int complain(const std::string& sentence, int code) {
    std::fprintf(stderr, "firezone-gateway: %s\n", sentence.c_str());
    return code;
}

int run(const fz::app::Config& config) {
    const auto token = fz::app::token_of(config.portal);
    if (!token) return complain(token.error().what, kUsage);

    fz::crypto::Random random{fz::crypto::Secret{fz::os::random_seed()}};
    const fz::crypto::KeyPair keys = fz::crypto::generate_key_pair(random);
    fz::tunnel::Gateway gateway(keys, random);
    FZ_LOG(info, "starting", fz::kv("version", fz::app::version()));
    const auto ended = fz::app::run(config, *token,
                                    {fz::portal::Role::gateway, fz::os::Forwarding::on,
                                     "firezone-gateway", fz::os::kGatewayCommands, &gateway},
                                    gateway, keys.public_key, random);
    if (!ended) return complain(ended.error().to_string(), kFailed);
    FZ_LOG(info, "goodbye");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const auto config = fz::app::parse(arguments, fz::app::environment_of(environ));
    if (!config) return complain(config.error().what, kUsage);
    switch (config->request) {
        case fz::app::Request::print_help:
            std::fputs(fz::app::help_text().c_str(), stdout);
            return 0;
        case fz::app::Request::print_version:
            std::printf("%s\n", fz::app::version_text().c_str());
            return 0;
        case fz::app::Request::run:
            fz::app::log_to_standard_output(config->log);
            return run(*config);
    }
}
