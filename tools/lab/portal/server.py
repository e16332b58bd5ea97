"""The WebSocket door: HTTP answers, then one Session per accepted device."""

import http
import json

import websockets

from . import login
from .channels import BY_ROLE
from .phoenix import Session

# The largest message a device may send; the real portal's limit is of this order.
_MESSAGE_LIMIT = 1 << 20


async def serve(portal, host, port, tls):
    """Listens on one port for all three kinds of device; returns the running server.

    Pings, compression and subprotocols stay off: deployed programs take an empty ping for a broken
    message, and reject an upgrade that offers what they did not ask for.
    """
    return await websockets.serve(
        lambda websocket, _path: _run_session(portal, websocket), host, port,
        create_protocol=_door(portal), ssl=tls, ping_interval=None, compression=None,
        max_size=_MESSAGE_LIMIT, close_timeout=1)


def _door(portal):
    class Door(websockets.WebSocketServerProtocol):
        """Decides over a login before the upgrade, so that refusals are plain HTTP answers."""

        async def process_request(self, path, request_headers):
            if path == "/healthz":
                return _answer(200, json.dumps({"status": "ok"}))
            role = login.role_of(path)
            if role is None:
                return _answer(404, "Not found")
            portal.journal.record("note", role, "?", "login", target=path,
                                  headers=dict(request_headers.raw_items()))
            fault = portal.faults.next_login(role)
            if fault is not None:
                return _answer(fault[0], fault[2], fault[1])
            try:
                self.login = login.parse(role, path, request_headers)
                self.row = _identify(portal, self.login)
            except login.Refused as refusal:
                portal.journal.record("note", role, "?", "refused",
                                      status=refusal.status, text=refusal.text)
                return _answer(refusal.status, refusal.text)
            return None

    return Door


def _identify(portal, request):
    """The token decides who the device is; a relay is known by its login alone."""
    if request.role == "relay":
        if request.token not in portal.config.relay_tokens:
            raise login.Refused(401, "Invalid token")
        return request
    scope_of = {"gateway": portal.config.site_of_token, "client": portal.config.actor_of_token}
    scope = scope_of[request.role](request.token)
    if scope is None:
        raise login.Refused(401, "Invalid token")
    return portal.directory.upsert(request.role, scope, request)


async def _run_session(portal, websocket):
    role = websocket.login.role
    session = Session(role, websocket.row, websocket,
                      lambda session: BY_ROLE[role](portal, session),
                      portal.journal, portal.faults)
    portal.sessions.add(session)
    try:
        await session.run()
    finally:
        portal.sessions.discard(session)


def _answer(status, text, headers=()):
    return http.HTTPStatus(status), list(headers), text.encode()
