"""The devices that ever logged in: one row per (kind, scope, external id), stable for its life."""

import dataclasses

from . import derive


@dataclasses.dataclass
class Row:
    """A gateway (scope: its site) or a client (scope: its actor)."""

    kind: str
    scope: object
    external_id: str
    id: str
    ipv4: str
    ipv6: str
    psk_base: bytes
    name: str = ""
    public_key: str = ""
    version: str = ""
    sessions: list = dataclasses.field(default_factory=list)

    def push(self, event, payload):
        """Sends to every open channel of the device: two sockets of one device both hear it."""
        for session in self.sessions:
            session.push(event, payload)

    def online(self):
        return bool(self.sessions)

    def answers_to(self, name):
        return name in (self.name, self.id, self.external_id)


class Directory:
    def __init__(self):
        self._rows = {}

    def upsert(self, kind, scope, login):
        """The row of this login; name, key and version are those of the latest one."""
        row_id = derive.stable_id(kind, scope.name, login.external_id)
        row = self._rows.get(row_id)
        if row is None:
            taken = {other.ipv4 for other in self._rows.values()}
            ipv4, ipv6 = derive.tunnel_addresses(row_id, taken)
            row = Row(kind, scope, login.external_id, row_id, ipv4, ipv6, derive.psk_base(row_id))
            self._rows[row_id] = row
        row.name, row.public_key, row.version = login.name, login.public_key, login.version
        return row

    def all(self, kind):
        return [row for row in self._rows.values() if row.kind == kind]

    def by_id(self, kind, row_id):
        row = self._rows.get(row_id)
        return row if row is not None and row.kind == kind else None

    def named(self, kind, name=None):
        """The row a person means; without a name the only online one."""
        rows = [row for row in self.all(kind)
                if (row.answers_to(name) if name else row.online())]
        if len(rows) != 1:
            raise LookupError(f"{len(rows)} {kind}s match {name or 'online'}")
        return rows[0]
