"""The relays that are there, what each device was offered, and who hears when that changes."""

import asyncio
import dataclasses
import random
import time
from typing import Optional

from . import derive

_OFFERED_AT_MOST = 2
_LEAVE_GRACE_S = 3
_GATEWAY_LOGIN_LIFETIME_S = 90 * 86400


@dataclasses.dataclass
class Relay:
    """A relay that logged in has a stamp secret, a configured one has a fixed login."""

    ipv4: Optional[str]
    ipv6: Optional[str]
    port: int
    stamp_secret: Optional[str] = None
    username: Optional[str] = None
    password: Optional[str] = None
    id: str = ""

    def __post_init__(self):
        self.id = derive.stable_id("relay", self.ipv4 or self.ipv6, str(self.port))

    def secret(self):
        """What distinguishes a relay that was only away from one that was restarted."""
        return self.stamp_secret or self.password

    def entries(self, requester_key, expires_at):
        """Its `turn` entries, one per address family, next to each other."""
        username, password = self.username, self.password
        if self.stamp_secret:
            username, password = derive.turn_login(requester_key, self.stamp_secret, expires_at)
        sockets = ([f"{self.ipv4}:{self.port}"] if self.ipv4 else []) + (
            [f"[{self.ipv6}]:{self.port}"] if self.ipv6 else [])
        return [{"id": self.id, "type": "turn", "addr": socket, "username": username,
                 "password": password, "expires_at": expires_at} for socket in sockets]


def login_lifetime_end(row):
    """A client's relay login ends with its token, a gateway's after 90 days."""
    if row.kind == "client":
        return row.scope.token_expires_at
    return int(time.time()) + _GATEWAY_LOGIN_LIFETIME_S


class RelayPool:
    """Online relays, and one Watch per device channel that was offered some."""

    def __init__(self):
        self._online = {}
        self._watches = set()

    def online(self):
        return list(self._online.values())

    def join(self, relay):
        self._online[relay.id] = relay
        for watch in list(self._watches):
            watch.joined(relay)

    def leave(self, relay):
        # A relay that has logged in anew already is not gone: its old socket is.
        if self._online.get(relay.id) is not relay:
            return
        del self._online[relay.id]
        for watch in list(self._watches):
            watch.left(relay)

    def watch(self, session):
        watch = Watch(self, session)
        self._watches.add(watch)
        return watch

    def unwatch(self, watch):
        watch.stop()
        self._watches.discard(watch)

    def select(self):
        return random.sample(self.online(), min(_OFFERED_AT_MOST, len(self._online)))


class Watch:
    """What one device was last offered, and the leaves it has not been told about yet."""

    def __init__(self, pool, session):
        self._pool = pool
        self._session = session
        self._offered = []
        self._pending_leaves = {}  # relay id -> (relay, timer)

    def offer(self):
        """Selects anew and returns the message entries of the selection."""
        self._offered = self._pool.select()
        return self._render(self._offered)

    def left(self, relay):
        if relay not in self._offered:
            return
        entries = self.offer()
        timer = asyncio.get_running_loop().call_later(
            _LEAVE_GRACE_S, self._announce_leave, relay, entries)
        self._pending_leaves[relay.id] = relay, timer

    def joined(self, relay):
        """Joins are noticed only by those who have nothing, as at the real portal."""
        if self._offered:
            return
        gone = []
        for left, timer in self._pending_leaves.values():
            timer.cancel()
            if left.id != relay.id or left.secret() != relay.secret():
                gone.append(left.id)
        self._pending_leaves.clear()
        self._session.push("relays_presence",
                           {"disconnected_ids": gone, "connected": self.offer()})

    def stop(self):
        for _, timer in self._pending_leaves.values():
            timer.cancel()

    def _announce_leave(self, relay, entries):
        del self._pending_leaves[relay.id]
        self._session.push("relays_presence",
                           {"disconnected_ids": [relay.id], "connected": entries})

    def _render(self, relays):
        row = self._session.row
        expires_at = login_lifetime_end(row)
        return [entry for relay in relays
                for entry in relay.entries(row.public_key, expires_at)]
