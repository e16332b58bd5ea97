"""Clients that exist on paper only: a load generator plays them, and they never log in.

They are introduced first, which derives everything about them and tells nobody, and authorised in
portions afterwards: a gateway waits ten seconds for an authorised client's first candidate.
"""

import asyncio
import dataclasses
import json
import secrets

from . import derive
from .flows import Flow

# Well away from where directory.py puts devices that log in: those are spread by a hash, so each
# address is still checked against them.
_FIRST_ADDRESS = 1 << 20


@dataclasses.dataclass
class SyntheticClient:
    """What a row of the directory would say, and what gateways have told the client."""

    id: str
    public_key: str
    ipv4: str
    ipv6: str
    preshared_key: str
    client_ice: dict
    gateway_ice: dict
    candidates: list = dataclasses.field(default_factory=list)

    def push(self, event, payload):
        """A gateway's message, forwarded as to a client with a channel."""
        if event == "ice_candidates":
            self.candidates += payload["candidates"]


class SyntheticClients:
    def __init__(self, portal):
        self._portal = portal
        self._clients = {}  # by id, in the order of introduction
        self._introductions = 0

    def by_id(self, client_id):
        return self._clients.get(client_id)

    def introduce(self, identities, peers, gateway, resource, expires_at):
        """Reads key pairs from a file and writes a file of what each peer must know.

        Only the last introduction can be authorised. Returns how many there are.
        """
        with open(identities, encoding="utf-8") as file:
            keys = json.load(file)["identities"]
        self._gateway, self._resource, self._expires_at = gateway, resource, expires_at
        self._introductions += 1
        self._clients = {}
        free = self._free_addresses()
        with open(peers, "w", encoding="utf-8") as file:
            for number, pair in enumerate(keys):
                client = self._make(number, pair["public_key"], next(free))
                self._clients[client.id] = client
                file.write(json.dumps(_as_peer(client, pair, gateway)) + "\n")
        return len(keys)

    async def authorize(self, first, count, timeout_s):
        """Sends authorize_flow for a range of them and waits until the gateway has said yes to each.

        Returns the candidates that the gateway has signalled so far, each once.
        """
        clients = list(self._clients.values())[first:first + count]
        waiting = {client.id for client in clients}
        done = asyncio.Event()

        def confirmed(client_id):
            waiting.discard(client_id)
            if not waiting:
                done.set()

        for client in clients:
            self._send(client, lambda client_id=client.id: confirmed(client_id))
        if clients:
            try:
                await asyncio.wait_for(done.wait(), timeout_s)
            except asyncio.TimeoutError:
                raise TimeoutError(
                    f"the gateway has not authorised {len(waiting)} of {len(clients)}") from None
        return sorted({line for client in clients for line in map(_without_ufrag, client.candidates)})

    def _make(self, number, public_key, addresses):
        gateway = self._gateway
        client_id = derive.stable_id("synthetic", str(self._introductions), str(number), public_key)
        client_ice, gateway_ice = derive.ice_credentials(
            client_id, public_key, gateway.id, gateway.public_key)
        preshared_key = derive.preshared_key(
            client_id, public_key, derive.psk_base(client_id),
            gateway.id, gateway.public_key, gateway.psk_base)
        return SyntheticClient(client_id, public_key, *addresses, preshared_key,
                               client_ice, gateway_ice)

    def _free_addresses(self):
        """Each introduction has 2^14 addresses of its own: gateways remember the ones before."""
        taken = {row.ipv4 for kind in ("client", "gateway")
                 for row in self._portal.directory.all(kind)}
        offset = _FIRST_ADDRESS + ((self._introductions - 1) % 48 << 14)
        while True:
            ipv4, ipv6 = derive.TUNNEL_IPV4[offset], derive.TUNNEL_IPV6[offset]
            if str(ipv4) not in taken:
                yield str(ipv4), str(ipv6)
            offset += 1

    def _send(self, client, confirmed):
        ref = f"SFMyNTY.{secrets.token_urlsafe(24)}"
        self._portal.pending[ref] = confirmed
        self._portal.flows.add(
            Flow(client.id, self._gateway.id, self._resource.id, self._expires_at))
        self._gateway.push("authorize_flow", {
            "ref": ref,
            "resource": self._resource.for_gateway(),
            "client": {"id": client.id, "public_key": client.public_key,
                       "preshared_key": client.preshared_key,
                       "ipv4": client.ipv4, "ipv6": client.ipv6},
            "client_ice_credentials": client.client_ice,
            "gateway_ice_credentials": client.gateway_ice,
            "expires_at": self._expires_at})


def _as_peer(client, pair, gateway):
    return {"private_key": pair["private_key"], "preshared_key": client.preshared_key,
            "gateway_public_key": gateway.public_key,
            "client_ice": client.client_ice, "gateway_ice": client.gateway_ice,
            "ipv4": client.ipv4, "ipv6": client.ipv6}


def _without_ufrag(candidate):
    """Candidates of different connections differ in the ufrag only."""
    return candidate.split(" ufrag ")[0]
