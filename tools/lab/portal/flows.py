"""Who may reach what through which gateway, until when; and which gateway is chosen for it."""

import dataclasses
import random
import re
import time

_SEMVER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_INTERNET_SINCE = (1, 3, 0)


@dataclasses.dataclass
class Flow:
    """One granted authorization; several may exist for one client and resource."""

    client_id: str
    gateway_id: str
    resource_id: str
    expires_at: int


class Flows:
    def __init__(self):
        self._flows = []

    def add(self, flow):
        self._flows.append(flow)

    def find(self, **wanted):
        """The flows that have not expired and whose fields equal `wanted`."""
        now = time.time()
        self._flows = [flow for flow in self._flows if flow.expires_at > now]
        return [flow for flow in self._flows
                if all(getattr(flow, key) == value for key, value in wanted.items())]

    def remove(self, **wanted):
        """Forgets those flows; returns the (client, gateway, resource) ids that lost access."""
        lost = self.find(**wanted)
        self._flows = [flow for flow in self._flows if flow not in lost]
        return sorted({(flow.client_id, flow.gateway_id, flow.resource_id) for flow in lost})

    def authorizations(self, gateway_id):
        """`init.authorizations`: the latest expiry of each client and resource."""
        latest = {}
        for flow in self.find(gateway_id=gateway_id):
            pair = flow.client_id, flow.resource_id
            latest[pair] = max(latest.get(pair, 0), flow.expires_at)
        return [{"client_id": client_id, "resource_id": resource_id, "expires_at": expires_at}
                for (client_id, resource_id), expires_at in latest.items()]


def semver(text):
    """(major, minor, patch), or None for a text that is no strict three-part version."""
    match = _SEMVER.fullmatch(text)
    return tuple(int(part) for part in match.groups()) if match else None


def versions_match(client_version, gateway_version):
    """From one minor version below the client's to one above it."""
    client, gateway = semver(client_version), semver(gateway_version)
    if client is None or gateway is None:
        return False
    major, minor, _ = client
    return (major, minor - 1, 0) <= gateway < (major, minor + 2, 0)


def choose_gateway(gateways, resource, client_version, connected_ids):
    """One of the online rows in `gateways` that may serve the client, or None.

    Those the client is connected to go first, then the highest version, compared as text as the
    real portal does, then chance.
    """
    usable = [row for row in gateways
              if row.online() and row.scope is resource.site
              and versions_match(client_version, row.version)
              and (resource.type != "internet" or semver(row.version) >= _INTERNET_SINCE)]
    usable = [row for row in usable if row.id in connected_ids] or usable
    best = max((row.version for row in usable), default=None)
    return random.choice([row for row in usable if row.version == best]) if usable else None
