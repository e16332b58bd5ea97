"""A relay's channel: its presence, and the secret from which everybody's passwords follow."""

from ..relays import Relay


class RelayChannel:
    def __init__(self, portal, session):
        self._portal = portal
        self._session = session
        self._relay = None

    def joined(self, payload):
        login = self._session.row
        self._session.push("init", {})
        self._relay = Relay(login.ipv4, login.ipv6, login.port,
                            stamp_secret=payload["stamp_secret"])
        self._portal.relays.join(self._relay)

    def left(self):
        if self._relay is not None:
            self._portal.relays.leave(self._relay)
