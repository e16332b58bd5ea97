"""The account the lab's portal serves: one site, two people, and what they may use."""

import json

from . import topology

SITE_TOKEN = ".lab-site-token"
RELAY_TOKEN = ".lab-relay-token"
ACTOR_TOKENS = {"alice": "lab-alice-token", "bob": "lab-bob-token"}

# Fixed, so that a restarted program is the same device to the portal.
GATEWAY_ID = "fa" * 32
CLIENT_IDS = {"client": "c1" * 32, "client2": "c2" * 32}
ACTOR_OF_HOST = {"client": "alice", "client2": "bob"}

RELAY_PORT = 3478
RELAY_USER = "lab"

GUARDED_FILTERS = [{"protocol": "icmp"},
                   {"protocol": "tcp", "port_range_start": 80, "port_range_end": 80}]

# What the private network's DNS server knows; the portal has a resource for the pattern.
PRIVATE_NAMES = {"files.corp.lab": topology.OPEN.host()}


def write_config(path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(_config(), file, indent=1)


def static_relay(password):
    """What the portal must be told of a relay that does not log in."""
    ipv4, ipv6 = topology.SERVICES.host()
    return {"ipv4": ipv4, "ipv6": ipv6, "port": RELAY_PORT, "username": RELAY_USER,
            "password": password}


def _config():
    resources = [
        _cidr("open4", topology.OPEN.ipv4), _cidr("open6", topology.OPEN.ipv6),
        _cidr("guarded4", topology.GUARDED.ipv4, GUARDED_FILTERS),
        _cidr("guarded6", topology.GUARDED.ipv6, GUARDED_FILTERS),
        {"name": "intranet", "type": "dns", "address": "*.corp.lab", "site": "lab"},
        {"name": "internet", "type": "internet", "site": "lab"}]
    granted = [resource["name"] for resource in resources if resource["type"] != "internet"]
    return {
        "account": {"slug": "lab"},
        "sites": [{"name": "lab", "token": SITE_TOKEN}],
        "actors": [{"name": name, "token": token} for name, token in ACTOR_TOKENS.items()],
        "relay_tokens": [RELAY_TOKEN],
        "resources": resources,
        "policies": [{"actor": actor, "resource": name}
                     for actor in ACTOR_TOKENS for name in granted]}


def _cidr(name, network, filters=()):
    return {"name": name, "type": "cidr", "address": str(network), "site": "lab",
            "filters": list(filters)}
