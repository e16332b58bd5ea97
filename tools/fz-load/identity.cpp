#include "identity.h"

#include <cerrno>
#include <fstream>

#include "crypto/x25519.h"
#include "json_object.h"
#include "portal/json.h"

namespace fz::load {
namespace {

/// crypto::Secret has no text form, so that none is logged by mistake; here a file must hold it.
/// Source: RFC 4648 4
std::string base64(Bytes bytes) {
    constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 |
                    (i + k < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : kAlphabet[group >> (18 - 6 * k) & 63];
    }
    return text;
}

ice::Credentials read_ice(const portal::Fields& fields) {
    return {fields.get<std::string>("username"), fields.get<std::string>("password")};
}

Expected<Identity> read_peer(const std::string& line) {
    const auto document = portal::parse_json(line);
    if (!document) return Unexpected{Error("no JSON object")};
    portal::Trouble trouble;
    const portal::Fields fields(&*document, "a peer", trouble);
    Identity peer;
    peer.keys.private_key = fields.get<crypto::Secret>("private_key");
    peer.keys.public_key = crypto::public_key_of(peer.keys.private_key);
    peer.preshared_key = fields.get<crypto::Secret>("preshared_key");
    peer.gateway_key = fields.get<crypto::PublicKey>("gateway_public_key");
    peer.client_ice = read_ice(fields.object("client_ice"));
    peer.gateway_ice = read_ice(fields.object("gateway_ice"));
    peer.ipv4 = fields.get<wire::IpAddr>("ipv4");
    peer.ipv6 = fields.get<wire::IpAddr>("ipv6");
    if (trouble) return Unexpected{Error("bad field " + std::string(trouble.field))};
    return peer;
}

}  // namespace

std::string make_identities(std::size_t count, crypto::Random& random) {
    JsonArray identities;
    for (std::size_t i = 0; i < count; ++i) {
        const crypto::KeyPair keys = crypto::generate_key_pair(random);
        identities.add(JsonObject{}
                           .text("private_key", base64(keys.private_key.bytes()))
                           .text("public_key", keys.public_key.to_base64()));
    }
    return JsonObject{}.raw("identities", identities.str()).str();
}

Expected<std::vector<Identity>> read_peers(const std::string& path) {
    std::ifstream file(path);
    if (!file) return Unexpected{Error("cannot read " + path, errno)};
    std::vector<Identity> peers;
    for (std::string line; std::getline(file, line);) {
        auto peer = read_peer(line);
        if (!peer)
            return Unexpected{Error(path + ", line " + std::to_string(peers.size() + 1) + ": " +
                                    peer.error().what)};
        peers.push_back(*std::move(peer));
    }
    return peers;
}

}  // namespace fz::load
