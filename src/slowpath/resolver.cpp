#include "slowpath/resolver.h"

#include <netdb.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/assert.h"
#include "os/sockaddr.h"
#include "os/unique_fd.h"

namespace fz::slowpath {
namespace {

/// What a resolver shares with the threads of its lookups; the last of them to end frees it.
class Answers {
  public:
    Answers() : arrived_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { FZ_ASSERT(arrived_); }

    /// Readable after a push, until an empty pop.
    [[nodiscard]] int fd() const noexcept { return arrived_.get(); }

    void push(ResolverAnswer answer) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
        FZ_ASSERT(::eventfd_write(arrived_.get(), 1) == 0);
    }
    std::optional<ResolverAnswer> pop() {
        const std::lock_guard lock(mutex_);
        if (answers_.empty()) {
            eventfd_t count = 0;
            static_cast<void>(::eventfd_read(arrived_.get(), &count));  // may be at rest already
            return std::nullopt;
        }
        ResolverAnswer answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }

  private:
    os::UniqueFd arrived_;
    std::mutex mutex_;
    std::deque<ResolverAnswer> answers_;
};

std::optional<wire::IpAddr> literal_of(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    return wire::IpAddr::parse(host);
}

Unexpected<Error> cannot_resolve(const std::string& host, const std::string& why) {
    return Unexpected{Error("cannot resolve " + host + ": " + why)};
}

std::vector<wire::IpAddr> addresses_in(const addrinfo* list) {
    std::vector<wire::IpAddr> addresses;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        sockaddr_storage storage{};
        std::memcpy(&storage, entry->ai_addr,
                    std::min<std::size_t>(entry->ai_addrlen, sizeof storage));
        const auto address = os::from_kernel(storage);
        if (address &&
            std::find(addresses.begin(), addresses.end(), address->ip) == addresses.end())
            addresses.push_back(address->ip);
    }
    return addresses;
}

/// Blocks for as long as name servers keep us waiting.
Expected<std::vector<wire::IpAddr>> resolve(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;  // one entry per address
    addrinfo* list = nullptr;
    const int outcome = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    if (outcome == EAI_SYSTEM) return cannot_resolve(host, std::generic_category().message(errno));
    if (outcome != 0) return cannot_resolve(host, ::gai_strerror(outcome));
    std::vector<wire::IpAddr> addresses = addresses_in(list);
    ::freeaddrinfo(list);
    if (addresses.empty()) return cannot_resolve(host, "it has no address");
    return addresses;
}

}  // namespace

struct Resolver::Impl {
    explicit Impl(EventLoop& event_loop)
        : loop(event_loop),
          answers(std::make_shared<Answers>()),
          source(loop.watch_readable(answers->fd())) {}
    ~Impl() { loop.remove(source); }

    EventLoop& loop;
    std::shared_ptr<Answers> answers;
    SourceId source;
};

Resolver::Resolver(EventLoop& loop) : impl_(std::make_unique<Impl>(loop)) {}
Resolver::~Resolver() = default;

void Resolver::lookup(std::string host) {
    if (const auto literal = literal_of(host))
        return impl_->answers->push({std::move(host), std::vector<wire::IpAddr>{*literal}});
    try {
        // getaddrinfo cannot be called off. The thread is left to itself, so that nobody, least of
        // all an ending process, has to wait for silent name servers.
        std::thread([answers = impl_->answers, host] {
            answers->push({host, resolve(host)});
        }).detach();
    } catch (const std::system_error& refused) {
        impl_->answers->push({host, cannot_resolve(host, refused.what())});
    }
}

std::optional<ResolverAnswer> Resolver::poll_answer() {
    auto answer = impl_->answers->pop();
    if (!answer) impl_->loop.drained(impl_->source);
    return answer;
}

SourceId Resolver::source() const noexcept { return impl_->source; }

}  // namespace fz::slowpath
