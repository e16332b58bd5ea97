// A scripted portal: it introduces clients to the gateway, and carries their candidates.
//
// Like the real one it derives nothing from state of the peers: equal keys on both sides get equal
// ICE credentials and an equal pre-shared key, so asking twice reuses the connection.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "portal/messages.h"

namespace fz::sim {

/// What the portal knows of a device that is online.
struct Device {
    Uuid id;
    crypto::PublicKey key;
    portal::TunnelAddresses addresses;
};

/// A message and the device it is for.
struct Addressed {
    Uuid to;
    portal::IngressMessage message;
};

class Portal {
  public:
    Portal(Device gateway, std::uint64_t seed) : gateway_(std::move(gateway)), random_(seed) {}

    std::vector<policy::Resource> resources;
    std::vector<portal::Relay> relays;  ///< the set online
    std::optional<UnixSeconds> expires_at;
    bool refuses = false;       ///< new flows
    bool equal_ufrags = false;  ///< every connection gets the same, as chance may have it

    [[nodiscard]] const Device& gateway() const { return gateway_; }
    /// A client came online, for the first time or with another key.
    void join(const Device& client) { clients_.insert_or_assign(client.id, client); }

    [[nodiscard]] portal::Init gateway_init() const;
    [[nodiscard]] portal::ClientInit client_init(const Device& client) const;
    [[nodiscard]] portal::AuthorizeFlow authorize(const Uuid& client, const Uuid& resource);
    [[nodiscard]] portal::FlowCreated created(const Uuid& client, const Uuid& resource);

    /// What follows from a message of the gateway's or of a client's.
    [[nodiscard]] std::vector<Addressed> hear(const Uuid& from,
                                              const portal::EgressMessage& message);

    std::size_t flows_asked = 0;       ///< CreateFlow received
    std::size_t flows_authorized = 0;  ///< FlowAuthorized received

  private:
    struct Introduction {
        crypto::PresharedKey preshared_key;
        portal::IceCredentials client_ice;
        portal::IceCredentials gateway_ice;
    };
    struct Flow {
        Uuid client;
        Uuid resource;
    };

    const Introduction& introduction_of(const Device& client);
    [[nodiscard]] std::string letters(std::size_t count);

    const Device gateway_;
    std::mt19937_64 random_;
    std::map<Uuid, Device> clients_;
    std::map<crypto::PublicKey, Introduction> introductions_;  // by client key
    std::map<std::string, Flow> flows_;                        // by ref
    std::set<std::pair<Uuid, Uuid>> granted_;                  // client, resource
};

}  // namespace fz::sim
