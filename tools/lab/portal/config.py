"""What the portal is told in its JSON file: who may log in, what exists, who may reach it.

    {"account": {"slug": "lab"},
     "sites": [{"name": "hq", "token": "gateway-secret"}],
     "actors": [{"name": "alice", "token": "client-secret", "token_expires_at": 1900000000}],
     "relay_tokens": ["relay-secret"],
     "relays": [{"ipv4": "192.0.2.2", "ipv6": "2001:db8::2", "port": 3478,
                 "username": "lab", "password": "secret"}],
     "upstream_dns": ["192.0.2.53:53"], "search_domain": null,
     "resources": [{"name": "net4", "type": "cidr", "address": "10.20.0.0/16", "site": "hq",
                    "filters": [{"protocol": "icmp"}]},
                   {"name": "intranet", "type": "dns", "address": "*.corp.example", "site": "hq"},
                   {"name": "world", "type": "internet", "site": "hq"}],
     "policies": [{"actor": "alice", "resource": "net4", "expires_at": 1900000000}]}
"""

import dataclasses
import ipaddress
import json
import time
from typing import Optional

from . import derive

_FAR_FUTURE_S = 365 * 86400


@dataclasses.dataclass
class Site:
    """A group of gateways that share a token and a private network."""

    name: str
    token: str
    id: str = ""

    def __post_init__(self):
        self.id = derive.stable_id("site", self.name)

    def render(self):
        return {"id": self.id, "name": self.name}


@dataclasses.dataclass
class Actor:
    """A person or service; every client that logs in with the token acts for it."""

    name: str
    token: str
    token_expires_at: int = dataclasses.field(
        default_factory=lambda: int(time.time()) + _FAR_FUTURE_S)


@dataclasses.dataclass
class Resource:
    """Something behind the gateways of one site."""

    name: str
    type: str
    site: Site
    address: Optional[str] = None
    filters: list = dataclasses.field(default_factory=list)
    ip_stack: str = "dual"
    id: str = ""

    def __post_init__(self):
        self.id = derive.stable_id("resource", self.name)
        if self.type == "cidr":
            self.address = str(ipaddress.ip_network(self.address))

    def for_gateway(self):
        if self.type == "internet":
            return {"id": self.id, "type": "internet"}
        return {"id": self.id, "type": self.type, "address": self.address, "name": self.name,
                "filters": self.filters}

    def for_client(self):
        view = {"id": self.id, "type": self.type, "gateway_groups": [self.site.render()]}
        if self.type == "internet":
            return {**view, "can_be_disabled": True}
        view |= {"address": self.address, "address_description": None, "name": self.name,
                 "filters": self.filters}
        return {**view, "ip_stack": self.ip_stack} if self.type == "dns" else view


@dataclasses.dataclass
class Config:
    account_slug: str
    sites: list
    actors: list
    relay_tokens: list
    relays: list
    upstream_dns: list
    search_domain: Optional[str]
    resources: dict
    policies: dict  # (actor name, resource id) -> unix seconds or None

    def site_of_token(self, token):
        return next((site for site in self.sites if site.token == token), None)

    def actor_of_token(self, token):
        return next((actor for actor in self.actors
                     if actor.token == token and actor.token_expires_at > time.time()), None)

    def resource_named(self, name):
        return next(r for r in self.resources.values() if name in (r.name, r.id))


def load(path):
    with open(path, encoding="utf-8") as file:
        return parse(json.load(file))


def parse(tree):
    sites = [Site(**site) for site in tree["sites"]]
    by_name = {site.name: site for site in sites}
    resources = {}
    for entry in tree["resources"]:
        resource = Resource(**{**entry, "site": by_name[entry["site"]]})
        resources[resource.id] = resource
    config = Config(
        account_slug=tree["account"]["slug"],
        sites=sites,
        actors=[Actor(**actor) for actor in tree["actors"]],
        relay_tokens=tree.get("relay_tokens", []),
        relays=tree.get("relays", []),
        upstream_dns=tree.get("upstream_dns", []),
        search_domain=tree.get("search_domain"),
        resources=resources,
        policies={})
    for policy in tree["policies"]:
        resource = config.resource_named(policy["resource"])
        config.policies[policy["actor"], resource.id] = policy.get("expires_at")
    return config
