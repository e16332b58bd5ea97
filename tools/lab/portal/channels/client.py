"""A client's channel: it learns what it may use and asks for a way to it."""

import secrets

from .. import derive
from ..flows import Flow


class ClientChannel:
    def __init__(self, portal, session):
        self._portal = portal
        self._session = session
        self._row = session.row
        self._relays = portal.relays.watch(session)

    def joined(self, _payload):
        self._row.sessions.append(self._session)
        resources = self._portal.resources_of(self._row.scope)
        self._session.push("init", {
            "interface": self._portal.client_interface(self._row),
            "resources": [resource.for_client() for resource in resources],
            "relays": self._relays.offer()})

    def left(self):
        self._row.sessions.remove(self._session)
        self._portal.relays.unwatch(self._relays)

    def on_create_flow(self, payload):
        """Grants the flow if policy and a gateway allow it; the answers are pushes, not replies."""
        resource = self._portal.config.resources.get(payload["resource_id"])
        if resource is None:
            return self._refuse(payload["resource_id"], "not_found")
        expires_at = self._portal.access_end(self._row.scope, resource)
        if expires_at is None:
            return self._refuse(resource.id, "forbidden",
                                violated_properties=["current_utc_datetime"])
        gateway = self._portal.choose_gateway(
            self._row, resource, payload["connected_gateway_ids"])
        if gateway is None:
            return self._refuse(resource.id, "offline")
        return self._authorize(resource, gateway, expires_at)

    def on_broadcast_ice_candidates(self, payload):
        self._forward("ice_candidates", payload)

    def on_broadcast_invalidated_ice_candidates(self, payload):
        self._forward("invalidate_ice_candidates", payload)

    def _refuse(self, resource_id, reason, **details):
        self._session.push("flow_creation_failed",
                           {"resource_id": resource_id, "reason": reason, **details})

    def _authorize(self, resource, gateway, expires_at):
        """Tells the gateway; the client hears of it once the gateway has confirmed."""
        client = self._row
        client_ice, gateway_ice = derive.ice_credentials(
            client.id, client.public_key, gateway.id, gateway.public_key)
        preshared_key = derive.preshared_key(
            client.id, client.public_key, client.psk_base,
            gateway.id, gateway.public_key, gateway.psk_base)
        answer = {
            "resource_id": resource.id,
            "gateway_id": gateway.id,
            "gateway_group_id": gateway.scope.id,
            "gateway_public_key": gateway.public_key,
            "gateway_ipv4": gateway.ipv4,
            "gateway_ipv6": gateway.ipv6,
            "preshared_key": preshared_key,
            "client_ice_credentials": client_ice,
            "gateway_ice_credentials": gateway_ice}
        ref = f"SFMyNTY.{secrets.token_urlsafe(24)}"
        self._portal.pending[ref] = lambda: self._session.push("flow_created", answer)
        self._portal.flows.add(Flow(client.id, gateway.id, resource.id, expires_at))
        gateway.push("authorize_flow", {
            "ref": ref,
            "resource": resource.for_gateway(),
            "client": {"id": client.id, "public_key": client.public_key,
                       "preshared_key": preshared_key,
                       "ipv4": client.ipv4, "ipv6": client.ipv6},
            "client_ice_credentials": client_ice,
            "gateway_ice_credentials": gateway_ice,
            "expires_at": expires_at})

    def _forward(self, event, payload):
        for gateway_id in payload["gateway_ids"]:
            gateway = self._portal.directory.by_id("gateway", gateway_id)
            if gateway is not None:
                gateway.push(event, {"client_id": self._row.id,
                                     "candidates": payload["candidates"]})
