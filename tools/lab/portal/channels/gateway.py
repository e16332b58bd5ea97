"""A gateway's channel: it is told who may come, it answers and offers candidates."""

from ..phoenix import OK, error


class GatewayChannel:
    def __init__(self, portal, session):
        self._portal = portal
        self._session = session
        self._row = session.row
        self._relays = portal.relays.watch(session)

    def joined(self, _payload):
        """Presence begins before `init` is pushed: a flow may follow right behind it."""
        self._row.sessions.append(self._session)
        self._session.push("init", {
            "interface": {"ipv4": self._row.ipv4, "ipv6": self._row.ipv6},
            "config": {"ipv4_masquerade_enabled": True, "ipv6_masquerade_enabled": True},
            "account_slug": self._portal.config.account_slug,
            "relays": self._relays.offer(),
            "authorizations": self._portal.flows.authorizations(self._row.id)})

    def left(self):
        self._row.sessions.remove(self._session)
        self._portal.relays.unwatch(self._relays)

    def on_flow_authorized(self, payload):
        confirm = self._portal.pending.get(payload["ref"])
        if confirm is None:
            return error("invalid_ref")
        confirm()
        return OK

    def on_broadcast_ice_candidates(self, payload):
        self._forward("ice_candidates", payload)

    def on_broadcast_invalidated_ice_candidates(self, payload):
        self._forward("invalidate_ice_candidates", payload)

    def _forward(self, event, payload):
        for client_id in payload["client_ids"]:
            client = (self._portal.directory.by_id("client", client_id)
                      or self._portal.synthetic.by_id(client_id))
            if client is not None:
                client.push(event, {"gateway_id": self._row.id,
                                    "candidates": payload["candidates"]})
