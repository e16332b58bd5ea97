// One address a peer may be reached at, and the line of text that signals it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ice/priority.h"
#include "wire/ip_addr.h"

namespace fz::ice {

/// True if checks may be sent to, or received from, this address: loopback and private addresses
/// are fine; unspecified, multicast, IPv4 broadcast and link-local addresses and port 0 are not.
[[nodiscard]] bool is_usable(const wire::SocketAddr& address) noexcept;

/// As candidate lines say it: host, prflx, srflx, relay.
[[nodiscard]] std::string_view name_of(CandidateKind kind) noexcept;

/// Two candidates are the same if kind and address are; the rest describes them.
struct Candidate {
    CandidateKind kind = CandidateKind::host;
    wire::SocketAddr address;
    std::uint32_t priority = 0;
    std::string foundation;            ///< opaque; 1 to 32 ice-char
    std::optional<std::string> ufrag;  ///< the agent it belongs to, if the line says so

    /// An address of this machine. Nothing if it is not usable.
    [[nodiscard]] static std::optional<Candidate> host(const wire::SocketAddr& address);
    /// `address` is how a server saw `base`. Only signalled, never given to an agent: checks leave
    /// from the base anyway. Nothing if not usable or of another family than its base.
    [[nodiscard]] static std::optional<Candidate> server_reflexive(const wire::SocketAddr& address,
                                                                   const wire::SocketAddr& base);
    /// An address that a relay lends us; `via` is the family we speak to the relay with.
    [[nodiscard]] static std::optional<Candidate> relayed(const wire::SocketAddr& address,
                                                          wire::Family via);

    /// Reads "candidate:<foundation> 1 udp <priority> <ip> <port> typ <kind>[ <name> <value>]...".
    /// Of the extensions only ufrag is kept. Nothing if it is malformed, not UDP, not component 1,
    /// or the address is not usable. Source: RFC 8839 5.1
    [[nodiscard]] static std::optional<Candidate> parse(std::string_view line);
    /// The line to signal. Related addresses are always written as unspecified: they would give
    /// away the private network, and no agent needs them.
    [[nodiscard]] std::string to_string() const;
};

}  // namespace fz::ice
