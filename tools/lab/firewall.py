"""The rules that make the lab's routers behave: NAT for the client, counted paths in the middle."""

import dataclasses
import json

# Without the first chain the NAT would take in datagrams that nobody asked for, remember them, and
# then be unable to give the client the same port for the answer: a home router drops them.
_NAT = """
table inet home {
    chain arrive {
        type filter hook input priority filter; policy accept;
        iifname "eth0" meta l4proto udp drop
    }
    chain leave {
        type nat hook postrouting priority srcnat;
        oifname "eth0" masquerade
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
        iifname "eth1" accept
        ct state established,related accept
    }
}
"""

# "direct" and "relayed" are what crosses; "blocked" is what was not allowed to.
_INTERNET = """
table inet paths {
    counter direct { }
    counter relay_client { }
    counter relay_gateway { }
    counter blocked { }
    chain direct {
        counter name direct
    }
    chain forward {
        type filter hook forward priority filter; policy accept;
        meta l4proto != udp accept
        iifname { "nat", "client2" } oifname "gateway" jump direct
        iifname "gateway" oifname { "nat", "client2" } jump direct
        iifname { "nat", "client2" } oifname "services" counter name relay_client
        iifname "services" oifname { "nat", "client2" } counter name relay_client
        iifname "gateway" oifname "services" counter name relay_gateway
        iifname "services" oifname "gateway" counter name relay_gateway
    }
}
"""

# What upstream's installation scripts do around a gateway that leaves it to them.
_GATEWAY = """
table inet firezone_lab {
    chain leave {
        type nat hook postrouting priority srcnat;
        ip saddr 100.64.0.0/11 oifname { "e*", "w*" } masquerade
        ip6 saddr fd00:2021:1111::/107 oifname { "e*", "w*" } masquerade
    }
}
"""


def install_nat(namespace):
    namespace.nft(_NAT)


def prepare_gateway_host(namespace):
    """Forwarding and masquerading for a gateway that does not set them up itself."""
    namespace.forward()
    namespace.sysctl("net.ipv4.conf.all.src_valid_mark", 1)
    namespace.nft(_GATEWAY)


@dataclasses.dataclass(frozen=True)
class Traffic:
    """UDP bytes by the way they took."""

    direct: int
    relay_client: int
    relay_gateway: int
    blocked: int

    def __sub__(self, earlier):
        return Traffic(*(a - b for a, b in zip(
            dataclasses.astuple(self), dataclasses.astuple(earlier))))

    def relayed(self):
        """What passed the relay on both of its sides."""
        return min(self.relay_client, self.relay_gateway)


class Paths:
    """The internet's view: which ways are open, and how much went which way."""

    FAMILIES = ("ipv4", "ipv6")

    def __init__(self, namespace):
        self._namespace = namespace
        namespace.nft(_INTERNET)

    def block_direct(self, families=FAMILIES):
        """Clients and gateway no longer hear each other's UDP in these families."""
        rules = [f"add rule inet paths direct meta nfproto {family} counter name blocked drop"
                 for family in families]
        self._namespace.nft("\n".join(
            ["flush chain inet paths direct", *rules,
             "add rule inet paths direct counter name direct"]) + "\n")

    def traffic(self):
        listed = json.loads(self._namespace.command(
            ["nft", "-j", "list", "counters", "table", "inet", "paths"]))
        counted = {entry["counter"]["name"]: entry["counter"]["bytes"]
                   for entry in listed["nftables"] if "counter" in entry}
        return Traffic(**counted)
