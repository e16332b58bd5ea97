"""One device's WebSocket: Phoenix V1 frames, the join of its single channel, heartbeats.

A frame is a JSON object with exactly `topic`, `event`, `payload` and `ref`. The portal's own pushes
carry `ref: null`; replies echo the number they answer. A channel (see channels/) is an object with
`joined(payload)`, `left()` and one method `on_<event>(payload)` per event it knows, each returning
None or a reply.
"""

import asyncio
import json

import websockets

from .faults import Faults

OK = {"status": "ok", "response": {}}

# The portal hangs up on a device it has not heard for this long.
IDLE_LIMIT_S = {"gateway": 37, "client": 307, "relay": 41}


def error(reason):
    return {"status": "error", "response": {"reason": reason}}


class Session:
    """Reads frames until the socket ends; writes through a queue so that nobody has to wait."""

    def __init__(self, role, row, websocket, open_channel, journal, faults):
        self.role = role
        self.row = row
        self._websocket = websocket
        self._open_channel = open_channel
        self._journal = journal
        self._faults = faults
        self._outbox = asyncio.Queue()
        self._channel = None
        self._join_ref = None

    async def run(self):
        """Serves the socket to its end, which is always an abrupt one unless asked otherwise.

        A Close frame without a reason would be read as something else by deployed programs.
        """
        writer = asyncio.create_task(self._write())
        self._journal.record("note", self.role, self.row.name, "connected")
        try:
            while True:
                text = await asyncio.wait_for(
                    self._websocket.recv(), IDLE_LIMIT_S[self.role])
                self._receive(text)
        except (websockets.ConnectionClosed, asyncio.TimeoutError, ProtocolViolation) as end:
            self._journal.record("note", self.role, self.row.name, "disconnected",
                                 cause=f"{type(end).__name__}: {end}")
        finally:
            writer.cancel()
            self._leave()
            self.abort()

    def push(self, event, payload):
        self._send(self.role, event, payload, None)

    def send_text(self, text):
        """Sends exactly this text, well-formed or not."""
        self._outbox.put_nowait(lambda: self._websocket.send(text))

    def send_ping(self, payload):
        self._outbox.put_nowait(lambda: self._websocket.ping(payload))

    def send_close(self, code, reason):
        self._outbox.put_nowait(lambda: self._websocket.close(code, reason))

    def abort(self):
        """Ends the TCP connection without a word."""
        self._websocket.transport.abort()

    def _receive(self, text):
        topic, event, payload, ref = _parse(text)
        self._journal.record("in", self.role, self.row.name, event,
                             topic=topic, payload=payload, ref=ref)
        if topic == "phoenix" and event == "heartbeat":
            self._reply(topic, ref, OK)
        elif topic == self.role and event == "phx_join":
            self._join(payload, ref)
        elif topic != self.role or self._channel is None:
            self._reply(topic, ref, error("unmatched topic"))
        elif (handler := getattr(self._channel, f"on_{event}", None)) is None:
            self._reply(topic, ref, error("unknown_message"))
        else:
            self._handle(handler, topic, payload, ref)

    def _handle(self, handler, topic, payload, ref):
        """A payload of the wrong shape costs the device its channel, never the portal its life."""
        try:
            reply = handler(payload)
        except (KeyError, TypeError) as cause:
            self._journal.record("note", self.role, self.row.name, "crashed", cause=repr(cause))
            self.crash_channel()
            return
        if reply is not None:
            self._reply(topic, ref, reply)

    def _join(self, payload, ref):
        fault = self._faults.next_join(self.role)
        if fault == Faults.SILENCE:
            return
        if fault is not None:
            self._reply(self.role, ref, error(fault))
            return
        self.close_channel()
        self._join_ref = ref
        self._reply(self.role, ref, OK)
        self._channel = self._open_channel(self)
        self._channel.joined(payload)

    def close_channel(self):
        """Ends the channel but not the socket, saying so."""
        if self._channel is not None:
            self._send(self.role, "phx_close", {}, self._join_ref)
            self._leave()

    def crash_channel(self):
        """What the device hears when the portal's process behind its channel dies."""
        self._send(self.role, "phx_error", {}, self._join_ref)
        self._leave()

    def _leave(self):
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.left()

    def _reply(self, topic, ref, reply):
        self._send(topic, "phx_reply", reply, ref)

    def _send(self, topic, event, payload, ref):
        self._journal.record("out", self.role, self.row.name, event,
                             topic=topic, payload=payload, ref=ref)
        self.send_text(json.dumps(
            {"event": event, "payload": payload, "ref": ref, "topic": topic}))

    async def _write(self):
        try:
            while True:
                await (await self._outbox.get())()
        except websockets.ConnectionClosed:
            pass  # the reader has seen it too and ends the session


class ProtocolViolation(Exception):
    """A frame the real portal's socket process would crash on."""


def _parse(text):
    try:
        frame = json.loads(text)
        return frame["topic"], frame["event"], frame["payload"], frame["ref"]
    except (ValueError, KeyError, TypeError) as cause:
        raise ProtocolViolation(f"{cause!r} in {text!r}") from cause
