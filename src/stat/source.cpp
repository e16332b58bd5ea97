#include "stat/source.h"

#include "os/clock.h"
#include "os/command_port.h"
#include "stat/usage.h"

namespace fz::stat {
namespace {

constexpr Duration kPatience = 5s;

Unexpected<Failure> failed(std::string sentence, int status) {
    while (sentence.ends_with('\n')) sentence.pop_back();
    return Unexpected{Failure{std::move(sentence), status}};
}

Expected<os::Answer, Failure> answer_to(std::string_view command) {
    auto answer = os::ask(os::kGatewayCommands, command, kPatience);
    if (!answer) {
        std::string sentence = answer.error().to_string();
        const int status = sentence == os::kNobodyListens ? kNotRunning : kRefused;
        return failed(std::move(sentence), status);
    }
    constexpr std::string_view kOk = "ok\n", kError = "error\n";
    if (answer->text.starts_with(kError))
        return failed(answer->text.substr(kError.size()), kRefused);
    if (!answer->text.starts_with(kOk)) return failed("the answer makes no sense", kRefused);
    answer->text.erase(0, kOk.size());
    return std::move(*answer);
}

}  // namespace

Expected<std::string, Failure> ask(std::string_view command) {
    auto answer = answer_to(command);
    if (!answer) return Unexpected{answer.error()};
    return std::move(answer->text);
}

Expected<std::vector<telemetry::PeerReport>, Failure> fetch_peers(
    const std::function<void(const std::string&)>& told) {
    std::vector<telemetry::PeerReport> all;
    for (std::optional<std::uint64_t> from = 0; from;) {
        const auto answer = ask("peers " + std::to_string(*from));
        if (!answer) return Unexpected{answer.error()};
        told(*answer);
        auto page = telemetry::read_peers(*answer);
        if (!page) return failed(page.error().to_string(), kRefused);
        if (page->next && *page->next <= *from)
            return failed("the gateway's list of peers does not end", kRefused);
        from = page->next;
        all.insert(all.end(), std::make_move_iterator(page->peers.begin()),
                   std::make_move_iterator(page->peers.end()));
    }
    return all;
}

Expected<Source, Failure> Source::open() {
    auto answer = answer_to("page");
    if (!answer) return Unexpected{answer.error()};
    auto page = os::map_shared_memory(answer->descriptor.get());
    if (!page) return failed(page.error().to_string(), kRefused);
    return Source(std::move(*page));
}

Expected<telemetry::Snapshot, Failure> Source::look() const {
    auto snapshot = telemetry::read_page(page_.bytes(), os::read_monotonic_clock());
    if (!snapshot) return failed(snapshot.error().to_string(), kRefused);
    return std::move(*snapshot);
}

}  // namespace fz::stat
