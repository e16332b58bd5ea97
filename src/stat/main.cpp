// fz-stat: asks the gateway that runs in this network namespace, and shows the answer.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "os/command_port.h"
#include "stat/usage.h"

namespace {

constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kNotRunning = 3;
constexpr fz::Duration kPatience = std::chrono::seconds(5);

int complain(const std::string& sentence, int status) {
    std::fprintf(stderr, "fz-stat: %s\n", sentence.c_str());
    return status;
}

int show(std::string_view answer) {
    constexpr std::string_view kOk = "ok\n", kError = "error\n";
    if (answer.starts_with(kOk)) {
        answer.remove_prefix(kOk.size());
        std::fwrite(answer.data(), 1, answer.size(), stdout);
        return 0;
    }
    if (!answer.starts_with(kError)) return complain("the answer makes no sense", kRefused);
    answer.remove_prefix(kError.size());
    std::fwrite(answer.data(), 1, answer.size(), stderr);
    return kRefused;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    if (arguments.size() == 1 && arguments[0] == "--help") {
        std::fputs(fz::stat::help_text().c_str(), stdout);
        return 0;
    }
    if (arguments.empty() || arguments.size() > 2 || arguments[0] != "datapath")
        return complain("it is called as `fz-stat datapath [auto|xdp|xdp-generic|socket]`", kUsage);
    std::string command(arguments[0]);
    if (arguments.size() == 2) command += ' ' + std::string(arguments[1]);
    const auto answer = fz::os::ask(fz::os::kGatewayCommands, command, kPatience);
    if (!answer) return complain(answer.error().to_string(), kNotRunning);
    return show(answer->text);
}
