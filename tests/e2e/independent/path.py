"""The way to the gateway: aioice finds it, a ferry on loopback lets WireGuard use it."""

import asyncio
import socket

import aioice

_PREFIX = "candidate:"
_LARGEST_DATAGRAM = 65535


async def connect(channel, flow, stun_server, tasks):
    """Controlling ICE with the gateway of a flow; returns an aioice.Connection once connected."""
    connection = aioice.Connection(ice_controlling=True, stun_server=stun_server)
    ours, theirs = flow["client_ice_credentials"], flow["gateway_ice_credentials"]
    connection.local_username, connection.local_password = ours["username"], ours["password"]
    connection.remote_username, connection.remote_password = theirs["username"], theirs["password"]
    await connection.gather_candidates()
    await channel.say("broadcast_ice_candidates", {
        "gateway_ids": [flow["gateway_id"]],
        "candidates": [f"{_PREFIX}{candidate.to_sdp()} ufrag {ours['username']}"
                       for candidate in connection.local_candidates]})
    tasks.create_task(_take_in(channel, flow, connection))
    await connection.connect()
    return connection


async def _take_in(channel, flow, connection):
    """Candidates come one message at a time and never end: no end-of-candidates is signalled."""
    while True:
        message = await channel.hear("ice_candidates")
        assert message["gateway_id"] == flow["gateway_id"], f"a stranger's candidates: {message}"
        for text in message["candidates"]:
            print(f"gateway's {text}", flush=True)
            await connection.add_remote_candidate(
                aioice.Candidate.from_sdp(text.removeprefix(_PREFIX)))


class Ferry:
    """A UDP socket on loopback that is the gateway, as far as WireGuard can tell."""

    def __init__(self, connection, wireguard_address, tasks):
        self._connection = connection
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(wireguard_address)
        self.address = self._socket.getsockname()
        tasks.create_task(self._outward())
        tasks.create_task(self._inward())

    async def _outward(self):
        loop = asyncio.get_running_loop()
        while True:
            await self._connection.send(await loop.sock_recv(self._socket, _LARGEST_DATAGRAM))

    async def _inward(self):
        loop = asyncio.get_running_loop()
        while True:
            await loop.sock_sendall(self._socket, await self._connection.recv())
