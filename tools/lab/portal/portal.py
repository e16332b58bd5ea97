"""The state all channels share, and the changes an administrator can make to it."""

import time

from . import flows as flow_rules
from .directory import Directory
from .faults import Faults
from .flows import Flows
from .journal import Journal
from .relays import Relay, RelayPool
from .synthetic import SyntheticClients


class Portal:
    def __init__(self, config):
        self.config = config
        self.journal = Journal()
        self.faults = Faults()
        self.directory = Directory()
        self.flows = Flows()
        self.relays = RelayPool()
        self.synthetic = SyntheticClients(self)
        self.sessions = set()
        self.pending = {}  # ref of an authorize_flow -> what to do once it is confirmed
        for entry in config.relays:
            self.relays.join(Relay(**entry))

    def gateways(self):
        return self.directory.all("gateway")

    def resources_of(self, actor):
        """What the actor may use now."""
        return [resource for resource in self.config.resources.values()
                if self.access_end(actor, resource) is not None]

    def access_end(self, actor, resource):
        """When access ends, or None when there is none now: the policy's end or the token's."""
        key = actor.name, resource.id
        if key not in self.config.policies:
            return None
        policy_end = self.config.policies[key]
        end = min(actor.token_expires_at, policy_end or actor.token_expires_at)
        return end if end > time.time() else None

    def choose_gateway(self, client, resource, connected_ids):
        return flow_rules.choose_gateway(
            self.gateways(), resource, client.version, connected_ids)

    def client_interface(self, row):
        return {"ipv4": row.ipv4, "ipv6": row.ipv6,
                "upstream_dns": [{"protocol": "ip_port", "address": address}
                                 for address in self.config.upstream_dns],
                "search_domain": self.config.search_domain}

    def grant(self, actor_name, resource, expires_at):
        """A policy begins to allow the actor this resource."""
        self.config.policies[actor_name, resource.id] = expires_at
        self._tell_clients(actor_name, "resource_created_or_updated", resource.for_client())

    def revoke(self, actor_name, resource):
        """The policy is deleted: clients lose the resource, gateways their authorizations."""
        self.config.policies.pop((actor_name, resource.id), None)
        self._tell_clients(actor_name, "resource_deleted", resource.id)
        for client in self._clients_of(actor_name):
            self.reject(client, resource)

    def reject(self, client, resource):
        """The client's flows are deleted, though the policy would allow new ones."""
        lost = self.flows.remove(client_id=client.id, resource_id=resource.id)
        for client_id, gateway_id, resource_id in lost:
            self.directory.by_id("gateway", gateway_id).push(
                "reject_access", {"client_id": client_id, "resource_id": resource_id})
        return len(lost)

    def set_expiry(self, client, resource, expires_at):
        """The policy's window now ends then, also for the flows that exist."""
        self.config.policies[client.scope.name, resource.id] = expires_at
        gateway_ids = set()
        for flow in self.flows.find(client_id=client.id, resource_id=resource.id):
            flow.expires_at = expires_at
            gateway_ids.add(flow.gateway_id)
        for gateway_id in gateway_ids:
            self.directory.by_id("gateway", gateway_id).push(
                "access_authorization_expiry_updated",
                {"client_id": client.id, "resource_id": resource.id, "expires_at": expires_at})
        return len(gateway_ids)

    def set_filters(self, resource, filters):
        """New filters go to every gateway of the site, whether or not anybody uses the resource."""
        resource.filters = filters
        for gateway in self.gateways():
            if gateway.scope is resource.site:
                gateway.push("resource_updated", resource.for_gateway())
        for client in self.directory.all("client"):
            if resource in self.resources_of(client.scope):
                client.push("resource_created_or_updated", resource.for_client())

    def _clients_of(self, actor_name):
        return [row for row in self.directory.all("client") if row.scope.name == actor_name]

    def _tell_clients(self, actor_name, event, payload):
        for client in self._clients_of(actor_name):
            client.push(event, payload)
