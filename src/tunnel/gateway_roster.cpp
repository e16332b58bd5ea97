// Gateway: what an operator is told of its clients.
#include "tunnel/gateway.h"

namespace fz::tunnel {
namespace {

/// At most kListedText bytes, and no half of a character.
std::string shortened(std::string_view text) {
    if (text.size() <= PeerRow::kListedText) return std::string(text);
    constexpr unsigned kContinuation = 0b10;                     // the two upper bits
    constexpr std::size_t kShortest = PeerRow::kListedText - 3;  // without the rest of four bytes
    std::size_t end = PeerRow::kListedText;
    while (end > kShortest && static_cast<unsigned char>(text[end]) >> 6 == kContinuation) --end;
    return std::string(text.substr(0, end));
}

std::string address_of(const policy::Resource& resource) {
    if (const auto* cidr = std::get_if<policy::CidrTarget>(&resource.target))
        return cidr->network.to_string();
    if (const auto* dns = std::get_if<policy::DnsTarget>(&resource.target))
        return shortened(dns->pattern);
    return "internet";
}

void list_grants(const policy::Authorizations& authorizations, PeerRow& row) {
    row.grant_count = authorizations.size();
    for (const auto& [id, grant] : authorizations.grants()) {
        if (row.grants.size() == PeerRow::kListedGrants) return;
        row.grants.push_back(
            {id, shortened(grant.resource.name), address_of(grant.resource), grant.expires_at});
    }
}

}  // namespace

PeerPage Gateway::peers(std::uint32_t from, std::size_t most, Instant now) const {
    PeerPage page = node_.peers(from, most, now);
    for (PeerRow& row : page.rows)
        if (const auto client = clients_.find(row.id); client != clients_.end())
            list_grants(client->second.authorizations, row);
    return page;
}

}  // namespace fz::tunnel
