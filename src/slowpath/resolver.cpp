#include "slowpath/resolver.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <deque>

#include "slowpath/event_loop_impl.h"

namespace fz::slowpath {
namespace {

using boost::asio::ip::tcp;

wire::IpAddr ip_of(const boost::asio::ip::address& address) {
    const auto from = [](const auto& bytes) {
        return wire::IpAddr::from_bytes(std::as_bytes(std::span(bytes)));
    };
    return address.is_v4() ? from(address.to_v4().to_bytes()) : from(address.to_v6().to_bytes());
}

std::optional<wire::IpAddr> literal_of(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    return wire::IpAddr::parse(host);
}

}  // namespace

struct Resolver::Impl {
    explicit Impl(EventLoop& event_loop)
        : loop(event_loop), source(loop.add_source()), resolver(loop.impl().io) {}

    void push(std::string host, Expected<std::vector<wire::IpAddr>> addresses) {
        answers.push_back({std::move(host), std::move(addresses)});
        loop.raise(source);
    }
    void finish(std::string host, const boost::system::error_code& error,
                const tcp::resolver::results_type& results);

    EventLoop& loop;
    SourceId source;
    tcp::resolver resolver;
    std::deque<ResolverAnswer> answers;
};

void Resolver::Impl::finish(std::string host, const boost::system::error_code& error,
                            const tcp::resolver::results_type& results) {
    std::vector<wire::IpAddr> addresses;
    for (const auto& result : results) {
        const wire::IpAddr ip = ip_of(result.endpoint().address());
        if (std::find(addresses.begin(), addresses.end(), ip) == addresses.end())
            addresses.push_back(ip);
    }
    if (error || addresses.empty()) {
        Error failure("cannot resolve " + host + ": " +
                      (error ? error.message() : std::string("it has no address")));
        return push(std::move(host), Unexpected{std::move(failure)});
    }
    push(std::move(host), std::move(addresses));
}

Resolver::Resolver(EventLoop& loop) : impl_(std::make_shared<Impl>(loop)) {}

Resolver::~Resolver() {
    impl_->resolver.cancel();
    impl_->loop.remove(impl_->source);
}

void Resolver::lookup(std::string host) {
    if (const auto literal = literal_of(host))
        return impl_->push(std::move(host), std::vector<wire::IpAddr>{*literal});
    // No port: it is not the resolver's business. The handler may outlive this object.
    impl_->resolver.async_resolve(
        host, "", tcp::resolver::flags{},
        [weak = std::weak_ptr(impl_), host](const boost::system::error_code& error,
                                            const tcp::resolver::results_type& results) {
            if (const auto impl = weak.lock()) impl->finish(host, error, results);
        });
}

std::optional<ResolverAnswer> Resolver::poll_answer() {
    if (impl_->answers.empty()) {
        impl_->loop.drained(impl_->source);
        return std::nullopt;
    }
    ResolverAnswer answer = std::move(impl_->answers.front());
    impl_->answers.pop_front();
    return answer;
}

SourceId Resolver::source() const noexcept { return impl_->source; }

}  // namespace fz::slowpath
