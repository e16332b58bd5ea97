"""The operator's door: JSON lines over a Unix socket, one request and one answer per line.

    $ tools/lab/portal_control.py portal.sock '{"do": "state"}'

A request names what to `do`; the rest of its fields are the arguments of the method of that name
below. Answers are {"ok": true, "result": ...} or {"ok": false, "error": "..."}. Devices are named
by FIREZONE_NAME, id or external id, and may be left out where only one is online; resources by
name or id. A time is either `expires_at` (unix seconds) or `expires_in_s`.
"""

import asyncio
import json
import time

from .relays import Relay


class Control:
    """Every public method is a command."""

    def __init__(self, portal):
        self._portal = portal

    def state(self):
        """Who is online, what they may reach, which relays there are."""
        portal = self._portal
        devices = [{"kind": row.kind, "name": row.name, "id": row.id, "online": row.online(),
                    "ipv4": row.ipv4, "ipv6": row.ipv6, "version": row.version,
                    "public_key": row.public_key}
                   for kind in ("gateway", "client") for row in portal.directory.all(kind)]
        return {"devices": devices,
                "relays": [{"id": relay.id, "ipv4": relay.ipv4, "ipv6": relay.ipv6,
                            "port": relay.port} for relay in portal.relays.online()],
                "resources": [resource.for_gateway()
                              for resource in portal.config.resources.values()],
                "flows": [vars(flow) for flow in portal.flows.find()]}

    def list(self, after=0, **wanted):
        """The journal's entries after a number whose fields equal `wanted` (see journal.py)."""
        return self._portal.journal.find(after, **wanted)

    async def wait(self, timeout_s, after=0, **wanted):
        """The first such entry, waiting for it; null when it does not come in time."""
        return await self._portal.journal.wait(after, timeout_s, **wanted)

    def last_seq(self):
        """The number of the newest journal entry: "from now on" for `list` and `wait`."""
        return self._portal.journal.last_seq()

    def grant(self, actor, resource, expires_at=None, expires_in_s=None):
        """A policy begins to allow an actor a resource."""
        end = _moment(expires_at, expires_in_s)
        self._portal.grant(actor, self._resource(resource), end)

    def revoke(self, actor, resource):
        """The policy is deleted: resource_deleted to clients, reject_access to gateways."""
        self._portal.revoke(actor, self._resource(resource))

    def reject_access(self, resource, client=None):
        """The client's flows are deleted; only gateways hear of it. Returns how many were told."""
        return self._portal.reject(self._device("client", client), self._resource(resource))

    def set_expiry(self, resource, client=None, expires_at=None, expires_in_s=None):
        """Moves the end of the policy and of its flows. Returns how many gateways were told."""
        return self._portal.set_expiry(self._device("client", client), self._resource(resource),
                                       _moment(expires_at, expires_in_s))

    def set_filters(self, resource, filters):
        """Replaces a resource's filters: resource_updated to the gateways of its site."""
        self._portal.set_filters(self._resource(resource), filters)

    def introduce_synthetic(self, identities, peers, resource, gateway=None, expires_in_s=86400):
        """Clients for a load generator (see synthetic.py): reads `identities`, writes `peers`, both
        names of files. Returns how many clients there are."""
        return self._portal.synthetic.introduce(
            identities, peers, self._device("gateway", gateway), self._resource(resource),
            int(time.time()) + expires_in_s)

    async def authorize_synthetic(self, first, count, timeout_s=30):
        """Authorises a range of the clients introduced last. Returns the gateway's candidates."""
        return await self._portal.synthetic.authorize(first, count, timeout_s)

    def add_relay(self, **relay):
        """A relay with a fixed login appears (fields as in the configuration). Returns its id."""
        appearing = Relay(**relay)
        self._portal.relays.join(appearing)
        return appearing.id

    def remove_relay(self, id):
        """A relay disappears; devices that were offered it hear so 3 s later."""
        relay = next(relay for relay in self._portal.relays.online() if relay.id == id)
        self._portal.relays.leave(relay)

    def send(self, role, event, payload, name=None):
        """Pushes a message of any content to a device."""
        for session in self._sessions(role, name):
            session.push(event, payload)

    def send_text(self, role, text, name=None):
        """Sends one text frame exactly as given."""
        for session in self._sessions(role, name):
            session.send_text(text)

    def send_ping(self, role, name=None, payload=""):
        """Sends a WebSocket ping, empty unless told otherwise."""
        for session in self._sessions(role, name):
            session.send_ping(payload.encode())

    def drop(self, role, name=None, how="tcp", code=1000, reason=""):
        """Takes a device's connection away: "tcp" (reset), "close" (WebSocket Close frame),
        "phx_close" or "phx_error" (the channel ends, the socket stays), or "token_expired"."""
        for session in self._sessions(role, name):
            if how == "tcp":
                session.abort()
            elif how == "close":
                session.send_close(code, reason)
            elif how == "phx_close":
                session.close_channel()
            elif how == "phx_error":
                session.crash_channel()
            elif how == "token_expired":
                session.push("disconnect", {"reason": "token_expired"})
            else:
                raise LookupError(f"no way to drop called {how}")

    def fail_logins(self, role, status, count=1, headers=None, body=""):
        """The next logins of a role get this HTTP answer, e.g. 503 with {"Retry-After": "2"}."""
        self._portal.faults.fail_login(
            role, status, list((headers or {}).items()), body, count)

    def fail_join(self, role, answer="silence"):
        """The next join gets no answer, or an error reply with this reason."""
        self._portal.faults.fail_join(role, answer)

    def _resource(self, name):
        return self._portal.config.resource_named(name)

    def _device(self, kind, name):
        return self._portal.directory.named(kind, name)

    def _sessions(self, role, name):
        found = [session for session in self._portal.sessions if session.role == role
                 and (name is None or session.row.name == name)]
        if not found:
            raise LookupError(f"no {role} {name or ''} is connected")
        return found


async def serve(portal, path):
    """Listens on the Unix socket `path`; returns the running server."""
    control = Control(portal)
    return await asyncio.start_unix_server(
        lambda reader, writer: _converse(control, reader, writer), path)


async def _converse(control, reader, writer):
    try:
        while line := await reader.readline():
            writer.write(json.dumps(await _answer(control, line)).encode() + b"\n")
            await writer.drain()
    except ConnectionError:
        pass  # the operator left in the middle of an answer
    finally:
        writer.close()


async def _answer(control, line):
    """Runs one request; whatever is wrong with it becomes the answer."""
    try:
        request = json.loads(line)
        name = request.pop("do")
        if name.startswith("_"):
            raise LookupError(f"no command {name}")
        result = getattr(control, name)(**request)
        if asyncio.iscoroutine(result):
            result = await result
        return {"ok": True, "result": result}
    except Exception as cause:  # an operator's typo must not end the portal
        return {"ok": False, "error": f"{type(cause).__name__}: {cause}"}


def _moment(expires_at, expires_in_s):
    return expires_at if expires_in_s is None else int(time.time()) + expires_in_s
