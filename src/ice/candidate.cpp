#include "ice/candidate.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fz::ice {
namespace {

constexpr std::string_view kPrefix = "candidate:";
constexpr std::size_t kMaxFoundation = 32;  ///< characters, RFC 8839 5.1

constexpr std::array<std::pair<CandidateKind, std::string_view>, 4> kKindNames{{
    {CandidateKind::host, "host"},
    {CandidateKind::prflx, "prflx"},
    {CandidateKind::srflx, "srflx"},
    {CandidateKind::relay, "relay"},
}};

std::optional<CandidateKind> kind_of(std::string_view name) noexcept {
    for (const auto& [kind, known] : kKindNames)
        if (known == name) return kind;
    return std::nullopt;
}

/// Splits at runs of spaces; an empty token means the end.
class Tokens {
  public:
    explicit Tokens(std::string_view text) noexcept : rest_(text) {}

    std::string_view next() noexcept {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
        const std::string_view token = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(token.size());
        return token;
    }

  private:
    std::string_view rest_;
};

template <typename T>
std::optional<T> number_of(std::string_view text) noexcept {
    T value{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return value;
}

bool is_udp(std::string_view text) noexcept {
    return text.size() == 3 && (text[0] | 0x20) == 'u' && (text[1] | 0x20) == 'd' &&
           (text[2] | 0x20) == 'p';
}

bool is_ice_char(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '/';
}

bool is_foundation(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxFoundation &&
           std::all_of(text.begin(), text.end(), is_ice_char);
}

/// Equal for candidates of one kind and base address (RFC 8445 5.1.1.3): FNV-1a over both.
std::string foundation_of(CandidateKind kind, const wire::IpAddr& base) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    const auto mix = [&hash](unsigned octet) { hash = (hash ^ octet) * 0x100'0000'01b3; };
    mix(static_cast<unsigned>(kind));
    for (const std::byte octet : base.bytes()) mix(std::to_integer<unsigned>(octet));
    std::array<char, 16> hex;
    const auto written = std::to_chars(hex.data(), hex.data() + hex.size(), hash, 16);
    return {hex.data(), written.ptr};
}

std::optional<Candidate> make(CandidateKind kind, const wire::SocketAddr& address,
                              const wire::IpAddr& base, std::uint32_t local_preference) {
    if (!is_usable(address)) return std::nullopt;
    return Candidate{.kind = kind,
                     .address = address,
                     .priority = candidate_priority(kind, local_preference),
                     .foundation = foundation_of(kind, base),
                     .ufrag = std::nullopt};
}

}  // namespace

std::string_view name_of(CandidateKind kind) noexcept {
    return kKindNames[static_cast<std::size_t>(kind)].second;
}

bool is_usable(const wire::SocketAddr& address) noexcept {
    const wire::IpAddr& ip = address.ip;
    if (address.port == 0 || ip.is_unspecified() || ip.is_multicast()) return false;
    return !(ip.is_v4() && (ip.is_link_local() || ip.is_v4_broadcast()));
}

std::optional<Candidate> Candidate::host(const wire::SocketAddr& address) {
    return make(CandidateKind::host, address, address.ip,
                kTopPreference - family_penalty(address.family()));
}

std::optional<Candidate> Candidate::server_reflexive(const wire::SocketAddr& address,
                                                     const wire::SocketAddr& base) {
    if (address.family() != base.family()) return std::nullopt;
    return make(CandidateKind::srflx, address, base.ip,
                kTopPreference - family_penalty(address.family()));
}

std::optional<Candidate> Candidate::relayed(const wire::SocketAddr& address, wire::Family via) {
    const std::uint32_t detour = address.family() == via ? 0 : kOtherFamilyPenalty;
    return make(CandidateKind::relay, address, address.ip,
                kRelayPreference - family_penalty(address.family()) - detour);
}

std::optional<Candidate> Candidate::parse(std::string_view line) {
    if (line.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    Tokens tokens(line.substr(kPrefix.size()));
    const std::string_view foundation = tokens.next();
    const auto component = number_of<unsigned>(tokens.next());
    const std::string_view protocol = tokens.next();
    const auto priority = number_of<std::uint32_t>(tokens.next());
    const auto ip = wire::IpAddr::parse(tokens.next());
    const auto port = number_of<std::uint16_t>(tokens.next());
    const std::string_view typ = tokens.next();
    const auto kind = kind_of(tokens.next());
    if (!is_foundation(foundation) || component != 1U || !is_udp(protocol) || !priority || !ip ||
        !port || typ != "typ" || !kind || !is_usable({*ip, *port}))
        return std::nullopt;

    Candidate candidate{.kind = *kind,
                        .address = {*ip, *port},
                        .priority = *priority,
                        .foundation = std::string(foundation),
                        .ufrag = std::nullopt};
    for (std::string_view name = tokens.next(); !name.empty(); name = tokens.next()) {
        const std::string_view value = tokens.next();
        if (name == "ufrag" && !value.empty()) candidate.ufrag = std::string(value);
    }
    return candidate;
}

std::string Candidate::to_string() const {
    std::string line(kPrefix);
    line += foundation + " 1 udp " + std::to_string(priority) + ' ' + address.ip.to_string() + ' ' +
            std::to_string(address.port) + " typ ";
    line += name_of(kind);
    if (kind != CandidateKind::host)
        line += " raddr " + wire::IpAddr::any(address.family()).to_string() + " rport 0";
    if (ufrag) line += " ufrag " + *ufrag;
    return line;
}

}  // namespace fz::ice
