"""The client's side of the portal protocol, as far as one flow needs it: join, ask, exchange."""

import asyncio
import collections
import contextlib
import json
import urllib.parse

import websockets

_TOPIC = "client"
# The portal offers a client the gateways of neighbouring minor versions.
_USER_AGENT = "Debian/12.0.0 connlib/1.5.4 (x86_64)"


@contextlib.asynccontextmanager
async def log_in(url, **parameters):
    """Opens the WebSocket and yields a Channel on it."""
    target = f"{url}/client/websocket?{urllib.parse.urlencode(parameters)}"
    async with websockets.connect(target, user_agent_header=_USER_AGENT, compression=None,
                                  ping_interval=None, close_timeout=1) as socket:
        yield Channel(socket)


class Channel:
    """What was heard waits, by event, until somebody asks for it."""

    def __init__(self, socket):
        self._socket = socket
        self._heard = collections.defaultdict(asyncio.Queue)
        self._next_ref = 0

    async def listen(self):
        """Sorts what the portal says; ends, with an error, only when the connection does."""
        while True:
            message = json.loads(await self._socket.recv())
            self._heard[message["event"]].put_nowait(message["payload"])

    async def hear(self, event):
        """The payload of the next message of this kind."""
        return await self._heard[event].get()

    async def say(self, event, payload):
        frame = {"topic": _TOPIC, "event": event, "payload": payload, "ref": self._next_ref}
        self._next_ref += 1
        await self._socket.send(json.dumps(frame))

    async def join(self):
        """Returns the payload of `init`."""
        await self.say("phx_join", None)
        reply = await self.hear("phx_reply")
        assert reply == {"status": "ok", "response": {}}, f"the portal answers {reply}"
        return await self.hear("init")

    async def create_flow(self, resource_id, *, connected_to=None):
        """Asks for a way to a resource; returns the payload of `flow_created`."""
        await self.say("create_flow", {
            "resource_id": resource_id,
            "connected_gateway_ids": [connected_to] if connected_to else []})
        flow = await self.hear("flow_created")
        assert flow["resource_id"] == resource_id, f"asked for {resource_id}, got {flow}"
        return flow
