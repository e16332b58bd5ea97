#include "sim/turn_server.h"

#include "stun/builder.h"
#include "stun/credentials.h"

namespace fz::sim {
namespace {

constexpr std::chrono::seconds kLifetime{600};         // RFC 8656 3.2
constexpr std::chrono::seconds kChannelLifetime{600};  // RFC 8656 12
constexpr std::string_view kRealm = "firezone";
constexpr std::string_view kNonce = "c0ffee";

Buffer copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

TurnServer::TurnServer(int number)
    : number_(number),
      listen_{wire::IpAddr::v4(192, 0, 2, static_cast<std::uint8_t>(number)), 3478},
      username_("1700000000:relay" + std::to_string(number)),
      password_("first") {}

portal::Relay TurnServer::description() const {
    portal::Relay relay{{}, {listen_, std::nullopt}, username_, password_, {}};
    relay.id.bytes[0] = std::byte{0x7e};
    relay.id.bytes[15] = static_cast<std::byte>(number_);
    return relay;
}

std::size_t TurnServer::channels() const {
    std::size_t count = 0;
    for (const auto& [client, allocation] : allocations_) count += allocation.channels.size();
    return count;
}

void TurnServer::restart(std::string password) {
    allocations_.clear();
    password_ = std::move(password);
}

TurnServer::Allocation* TurnServer::allocation_of(const wire::SocketAddr& client, Instant now) {
    const auto found = allocations_.find(client);
    if (found == allocations_.end()) return nullptr;
    if (found->second.expires > now) return &found->second;
    allocations_.erase(found);
    return nullptr;
}

std::optional<Datagram> TurnServer::handle(const Datagram& datagram, Instant now) {
    if (silent) return std::nullopt;
    if (datagram.to != listen_) return from_peer(datagram, now);
    if (const auto data = wire::ChannelData::parse(datagram.payload))
        return from_client(datagram, *data, now);
    const auto request = stun::Message::parse(datagram.payload);
    if (!request || request->cls() != stun::Class::request) return std::nullopt;
    auto response = answer(*request, datagram.from, now);
    if (!response) return std::nullopt;
    return Datagram{listen_, datagram.from, std::move(*response)};
}

std::optional<Datagram> TurnServer::from_client(const Datagram& datagram,
                                                const wire::ChannelData& data, Instant now) {
    const Allocation* allocation = allocation_of(datagram.from, now);
    if (allocation == nullptr) return std::nullopt;
    const auto channel = allocation->channels.find(data.channel);
    if (channel == allocation->channels.end() || channel->second.expires <= now)
        return std::nullopt;
    ++relayed;
    return Datagram{{listen_.ip, allocation->port}, channel->second.peer, copy(data.payload)};
}

std::optional<Datagram> TurnServer::from_peer(const Datagram& datagram, Instant now) {
    for (const auto& [client, allocation] : allocations_) {
        if (allocation.port != datagram.to.port || allocation.expires <= now) continue;
        for (const auto& [number, channel] : allocation.channels) {
            if (channel.peer != datagram.from || channel.expires <= now) continue;
            Buffer framed;
            test::put16(framed, number.value);
            test::put16(framed, datagram.payload.size());
            test::append(framed, datagram.payload);
            ++relayed;
            return Datagram{listen_, client, std::move(framed)};
        }
    }
    return std::nullopt;
}

std::optional<std::uint16_t> TurnServer::refusal(const stun::Message& request,
                                                 const wire::SocketAddr& client, Instant now) {
    const auto key = stun::long_term_key(username_, kRealm, password_);
    if (!request.has_integrity() || request.nonce() != kNonce || !request.integrity_ok(key) ||
        request.username() != username_)
        return 401;
    const bool held = allocation_of(client, now) != nullptr;
    if (request.method() == stun::Method::allocate) return held ? std::optional{437} : std::nullopt;
    if (!held) return 437;
    if (request.method() != stun::Method::channel_bind) return std::nullopt;
    if (!request.channel_number() || !request.xor_peer_address()) return 400;
    if (request.xor_peer_address()->family() != wire::Family::v4) return 443;
    for (const auto& [number, channel] : allocation_of(client, now)->channels) {
        const bool same_number = number == request.channel_number();
        const bool same_peer = channel.peer == request.xor_peer_address();
        if (channel.expires > now && same_number != same_peer) return 400;  // RFC 8656 12.2
    }
    return std::nullopt;
}

std::optional<Buffer> TurnServer::answer(const stun::Message& request,
                                         const wire::SocketAddr& client, Instant now) {
    wire::DatagramBytes out;
    const auto key = stun::long_term_key(username_, kRealm, password_);
    if (request.method() == stun::Method::binding) {
        stun::Builder(out, stun::Class::success, request.method(), request.transaction_id())
            .xor_mapped_address(client);
        return copy(out.view());
    }
    if (const auto code = refusal(request, client, now)) {
        stun::Builder error(out, stun::Class::error, request.method(), request.transaction_id());
        error.error_code(*code, "Refused");
        if (*code == 401) error.realm(kRealm).nonce(kNonce);
        if (request.username() == username_) error.integrity(key);
        return copy(out.view());
    }
    stun::Builder success(out, stun::Class::success, request.method(), request.transaction_id());
    if (request.method() == stun::Method::allocate) {
        const std::uint16_t port = next_port_++;
        allocations_.insert_or_assign(client, Allocation{port, now + kLifetime, {}});
        success.xor_relayed_address({listen_.ip, port})
            .xor_mapped_address(client)
            .lifetime(kLifetime);
    } else if (request.method() == stun::Method::refresh) {
        const auto lifetime = std::min(request.lifetime().value_or(kLifetime), kLifetime);
        allocation_of(client, now)->expires = now + lifetime;
        success.lifetime(lifetime);
    } else if (request.method() == stun::Method::channel_bind) {
        allocation_of(client, now)->channels[*request.channel_number()] = {
            *request.xor_peer_address(), now + kChannelLifetime};
    } else {
        return std::nullopt;
    }
    success.integrity(key);
    return copy(out.view());
}

}  // namespace fz::sim
