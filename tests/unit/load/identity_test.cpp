#include "identity.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "crypto/x25519.h"
#include "unit/support/scratch_folder.h"

namespace fz::load {
namespace {

/// A folder that holds one peers file.
class PeersFile : public test::ScratchFolder {
  protected:
    std::string peers_file(std::string_view content) {
        write("peers", content);
        return folder() / "peers";
    }
};

// The private key is that of RFC 7748 6.1, Alice's.
constexpr char kPeer[] = R"({"private_key": "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=", )"
                         R"("preshared_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", )"
                         R"("gateway_public_key": "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=", )"
                         R"("client_ice": {"username": "abcd", "password": "pw1"}, )"
                         R"("gateway_ice": {"username": "efgh", "password": "pw2"}, )"
                         R"("ipv4": "100.80.0.1", "ipv6": "fd00:2021:1111::1"})"
                         "\n";

TEST_F(PeersFile, IsReadFromALineOfAPeersFile) {
    const auto peers = read_peers(peers_file(std::string(kPeer) + kPeer));
    ASSERT_TRUE(peers) << peers.error().what;
    ASSERT_EQ(peers->size(), 2u);
    const Identity& peer = peers->front();
    // RFC 7748 6.1, Alice's public key
    EXPECT_EQ(peer.keys.public_key.to_base64(), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
    EXPECT_EQ(peer.client_ice, (ice::Credentials{"abcd", "pw1"}));
    EXPECT_EQ(peer.gateway_ice, (ice::Credentials{"efgh", "pw2"}));
    EXPECT_EQ(peer.ipv4.to_string(), "100.80.0.1");
    EXPECT_EQ(peer.ipv6.to_string(), "fd00:2021:1111::1");
}

TEST_F(PeersFile, SaysWhichLineIsWrong) {
    const auto peers = read_peers(peers_file(std::string(kPeer) + "{\"private_key\": 1}\n"));
    ASSERT_FALSE(peers);
    EXPECT_NE(peers.error().what.find("line 2: bad field private_key"), std::string::npos)
        << peers.error().what;
}

TEST(Identities, PrivateKeysAreWrittenAsTheyAreRead) {
    crypto::Random random{crypto::Secret{}};
    const std::string text = make_identities(20, random);
    const std::string key = "\"private_key\": \"";
    const std::string pub = "\"public_key\": \"";
    std::size_t found = 0;
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        const auto secret = crypto::Secret::from_base64(text.substr(at + key.size(), 44));
        ASSERT_TRUE(secret);
        const std::string public_text = text.substr(text.find(pub, at) + pub.size(), 44);
        EXPECT_EQ(crypto::public_key_of(*secret).to_base64(), public_text);
        ++found;
    }
    EXPECT_EQ(found, 20u);
}

}  // namespace
}  // namespace fz::load
