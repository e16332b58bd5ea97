#include "portal/login.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/uuid.h"
#include "crypto/hash.h"
#include "wire/ip_addr.h"

namespace fz::portal {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void append_percent(std::string& out, char c) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kUpperHex[byte >> 4];
    out += kUpperHex[byte & 0xf];
}

std::string without_white_space(std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
    return out;
}

/// The parts of "scheme://host:port/path" that count; views into the configured URL.
struct UrlParts {
    std::string scheme;  // lower case
    std::string_view host;
    std::optional<std::uint16_t> port;
    std::string_view path;
};

Expected<std::optional<std::uint16_t>> parse_port(std::string_view text) {
    using Port = std::optional<std::uint16_t>;
    if (text.empty()) return Port{};
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return Unexpected{Error("the portal URL's port is not a number from 1 to 65535")};
    return Port{port};
}

Expected<UrlParts> split(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos)
        return Unexpected{Error("the portal URL does not look like wss://host")};
    UrlParts parts;
    parts.scheme = url.substr(0, scheme_end);
    std::transform(parts.scheme.begin(), parts.scheme.end(), parts.scheme.begin(), lower);
    url.remove_prefix(scheme_end + 3);
    url = url.substr(0, url.find_first_of("?#"));

    const std::string_view authority = url.substr(0, url.find('/'));
    parts.path = url.substr(authority.size());
    if (authority.find('@') != std::string_view::npos)
        return Unexpected{Error("the portal URL must not contain a user name")};
    const bool bracketed = !authority.empty() && authority.front() == '[';
    const auto colon = authority.find(':', bracketed ? authority.find(']') : 0);
    parts.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
        FZ_ASSIGN(parts.port, parse_port(authority.substr(colon + 1)));
    }
    return parts;
}

Expected<Scheme> scheme_named(std::string_view name) {
    if (name == "ws" || name == "http") return Scheme::ws;
    if (name == "wss" || name == "https") return Scheme::wss;
    return Unexpected{Error("the portal URL must begin with wss://, https://, ws:// or http://")};
}

/// A DNS name, an IPv4 address or a bracketed IPv6 address; lower case, brackets kept.
Expected<std::string> parse_host(std::string_view text) {
    std::string host(text);
    std::transform(host.begin(), host.end(), host.begin(), lower);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const bool valid = bracketed
                           ? wire::IpAddr::parse(text.substr(1, text.size() - 2)).has_value()
                           : !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
                                 return is_alnum(c) || c == '-' || c == '.' || c == '_';
                             });
    if (!valid) return Unexpected{Error("the portal URL does not name a valid host")};
    return host;
}

/// The configured base path with one trailing slash dropped, fit for a request line.
std::string base_path(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    static constexpr std::string_view kKept = "/%-._~!$&'()*+,;=:@";
    std::string out;
    for (const char c : path) {
        if (is_alnum(c) || kKept.find(c) != std::string_view::npos)
            out += c;
        else
            append_percent(out, c);
    }
    return out;
}

std::string query_of(const Login& login, std::string_view token) {
    std::string query;
    const auto add = [&query](std::string_view key, std::string_view value) {
        query += query.empty() ? '?' : '&';
        query.append(key).append("=").append(form_urlencode(value));
    };
    add("token", token);
    add("external_id", external_id(login.firezone_id));
    add("name", login.name);
    if (login.device_serial) add("device_serial", *login.device_serial);
    if (login.device_uuid) add("device_uuid", *login.device_uuid);
    add("public_key", login.public_key.to_base64());
    return query;
}

}  // namespace

Expected<LoginUrl> login_url(const Login& login) {
    const std::string token = without_white_space(login.token);
    if (token.empty()) return Unexpected{Error("the portal token is empty")};
    FZ_ASSIGN(const UrlParts url, split(login.api_url));
    FZ_ASSIGN(const Scheme scheme, scheme_named(url.scheme));
    FZ_ASSIGN(const std::string host, parse_host(url.host));

    const bool bracketed = host.front() == '[';
    return LoginUrl{.scheme = scheme,
                    .host = bracketed ? host.substr(1, host.size() - 2) : host,
                    // Upstream dials 443 for ws:// as well, in plaintext; we do what the URL says.
                    .port = url.port.value_or(scheme == Scheme::wss ? 443 : 80),
                    .path_and_query = base_path(url.path) +
                                      (login.role == Role::gateway ? "/gateway" : "/client") +
                                      "/websocket" + query_of(login, token),
                    // Upstream never puts the port here, whatever it is; portals are used to that.
                    .host_header = host};
}

std::string external_id(std::string_view firezone_id) {
    if (!Uuid::parse(firezone_id)) return std::string(firezone_id);
    return crypto::to_hex(crypto::sha256(as_bytes(firezone_id)));
}

std::string form_urlencode(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (const char c : value) {
        if (is_alnum(c) || c == '*' || c == '-' || c == '.' || c == '_')
            out += c;
        else if (c == ' ')
            out += '+';
        else
            append_percent(out, c);
    }
    return out;
}

}  // namespace fz::portal
