"""The hosts of the lab and the cables between them, dual stack, with no way out.

     client 192.168.77.2 ---- nat 203.0.113.2 ----+                  (NAT for both families)
                                                  |
     client2 192.0.2.130 ------------------- internet ---- gateway 198.51.100.2
                                                  |            10.20.0.1 |
     services 192.0.2.2 --------------------------+                      |
     (portal, relay, DNS)                                  resource 10.20.0.2 (HTTP, iperf3, DNS)

`internet` is a router that counts who talks to whom by UDP and can forbid the clients and the
gateway to do so directly (see firewall.py). The private network has two more subnets: 10.21.0.0/24,
reachable for pings and web only, and 10.99.0.0/24, which no policy mentions.
"""

import dataclasses
import ipaddress

from .netns import Namespace, connect

ROUTERS = ("nat", "internet")
HOSTS = ("client", "client2", "nat", "internet", "services", "gateway", "resource")
# The programs to be replaced run on these; they get files of their own (see jail.py).
JAILED_HOSTS = ("client", "client2", "services", "gateway")
PORTAL_NAME = "portal.lab"


@dataclasses.dataclass(frozen=True)
class Subnet:
    """A cable's addresses: the router's end has the first, the host's end the second."""

    ipv4: ipaddress.IPv4Network
    ipv6: ipaddress.IPv6Network

    @classmethod
    def of(cls, ipv4, ipv6):
        return cls(ipaddress.ip_network(ipv4), ipaddress.ip_network(ipv6))

    def both(self):
        return self.ipv4, self.ipv6

    def host(self):
        """The host's addresses, as texts."""
        return str(self.ipv4[2]), str(self.ipv6[2])


HOME = Subnet.of("192.168.77.0/24", "fd00:77::/64")
NAT = Subnet.of("203.0.113.0/24", "2001:db8:203::/64")
CLIENT2 = Subnet.of("192.0.2.128/25", "2001:db8:130::/64")
SERVICES = Subnet.of("192.0.2.0/25", "2001:db8:2::/64")
GATEWAY = Subnet.of("198.51.100.0/24", "2001:db8:51::/64")
OPEN = Subnet.of("10.20.0.0/24", "fd00:20::/64")
GUARDED = Subnet.of("10.21.0.0/24", "fd00:21::/64")
FORBIDDEN = Subnet.of("10.99.0.0/24", "fd00:99::/64")

# The gateway's interfaces are called eth*, because upstream's masquerading looks for that.
_CABLES = (
    ("client", "eth0", "nat", "eth1", HOME),
    ("nat", "eth0", "internet", "nat", NAT),
    ("client2", "eth0", "internet", "client2", CLIENT2),
    ("services", "eth0", "internet", "services", SERVICES),
    ("gateway", "eth0", "internet", "gateway", GATEWAY),
)


class Topology:
    """All namespaces of one lab, whose names begin with its prefix."""

    def __init__(self, prefix):
        self._hosts = {host: Namespace(f"{prefix}{host}") for host in HOSTS}

    def __getitem__(self, host):
        return self._hosts[host]

    def build(self):
        for host, namespace in self._hosts.items():
            namespace.create(forwards=host in ROUTERS)
        for host, interface, router, router_interface, subnet in _CABLES:
            connect(self[host], interface, self[router], router_interface)
            _assign(self[router], router_interface, subnet, 1)
            _assign(self[host], interface, subnet, 2)
            for network in subnet.both():
                self[host].ip("route", "add", "default", "via", str(network[1]))
        # The private network knows no way back to tunnel addresses: masquerading must provide it.
        connect(self["resource"], "eth0", self["gateway"], "eth1")
        for subnet in (OPEN, GUARDED, FORBIDDEN):
            _assign(self["gateway"], "eth1", subnet, 1)
            _assign(self["resource"], "eth0", subnet, 2)


def _assign(namespace, interface, subnet, index):
    for network in subnet.both():
        namespace.ip("address", "add", f"{network[index]}/{network.prefixlen}", "dev", interface)
