"""What a lab needs so that fz-load can measure its gateway, and how fz-load is called.

The generator runs on `client2`, which is one router away from the gateway. Its packets are for an
address of the private network that nobody has: the gateway's neighbour table sends them to a MAC
address that is not the resource's, so the resource's kernel drops each at once and never answers,
while the generator's capture still sees it.

    with Lab(Cast.of(...)) as lab:
        lab.start_relay(); lab.start_gateway()
        setup = LoadSetup(lab)
        setup.prepare()
        print(setup.run("decrypt", "--case", "tcp1", peers=1, seconds=5))
"""

import json
import subprocess

from . import cast, topology

GATEWAY_PORT = 52625
HOST = "client2"
RESOURCE = "open4"
UNANSWERED = str(topology.OPEN.ipv4[200])
TUN = "fzload0"
# A tunnel address that no client has, for packets that enter through that device.
TUN_SOURCE = "100.95.255.254"

_NOBODYS_MAC = "02:00:00:00:00:c8"


class LoadFailed(Exception):
    """fz-load could not measure; its own words."""


class LoadSetup:
    def __init__(self, lab):
        self._lab = lab
        self._runs = 0

    def prepare(self):
        """Once, after the gateway has started (which sets up forwarding)."""
        self.make_sinkhole()
        self.route_plain_path()
        self.make_tun()

    def make_sinkhole(self):
        """Packets for UNANSWERED cross the cable and end there.

        They are one-sided TCP, which conntrack must take as it is: from the middle of a connection
        that is never answered.
        """
        gateway = self._lab.hosts["gateway"]
        gateway.ip("neighbour", "replace", UNANSWERED, "lladdr", _NOBODYS_MAC, "dev", "eth1",
                   "nud", "permanent")
        gateway.sysctl("net.netfilter.nf_conntrack_tcp_be_liberal", 1)
        gateway.sysctl("net.netfilter.nf_conntrack_tcp_loose", 1)

    def route_plain_path(self):
        """The same cables and routers without the tunnel, for `latency --plain`."""
        self._lab.hosts["internet"].ip(
            "route", "replace", str(topology.OPEN.ipv4), "via", topology.GATEWAY.host()[0])
        self._lab.hosts["resource"].ip(
            "route", "replace", str(topology.CLIENT2.ipv4), "via", str(topology.OPEN.ipv4[1]))

    def make_tun(self):
        """A TUN device beside the gateway's, for `tun-writes`."""
        gateway = self._lab.hosts["gateway"]
        if TUN not in gateway.ip("-o", "link"):
            gateway.ip("tuntap", "add", "dev", TUN, "mode", "tun")
        gateway.ip("link", "set", TUN, "mtu", "1280", "up")
        gateway.ip("route", "replace", f"{TUN_SOURCE}/32", "dev", TUN)

    def make_peers(self, count):
        """Fresh identities, introduced to the portal; returns the name of the peers file."""
        self._runs += 1
        identities = self._lab.folder / f"identities{self._runs}.json"
        peers = self._lab.folder / f"peers{self._runs}.jsonl"
        identities.write_text(_call([_program(), "identities", "--count", str(count)]),
                              encoding="ascii")
        self._lab.portal.introduce_synthetic(
            identities=str(identities), peers=str(peers), resource=RESOURCE)
        return peers

    def run(self, mode, *arguments, peers=0, seconds=5, cpu=None, host=None):
        """One measurement; returns what fz-load printed. `peers` is how many fresh ones to use."""
        options = [*self.far_end(), "--seconds", str(seconds), *arguments]
        if peers:
            options += ["--peers", str(self.make_peers(peers)), *self.near_end()]
        if cpu is not None:
            options += ["--cpu", str(cpu)]
        if host is None:
            host = "gateway" if mode == "tun-writes" else HOST
        argv = self._lab.hosts[host].wrap([_program(), mode, *options])
        return json.loads(_call(argv, limit_s=seconds * 10 + 180))

    def near_end(self):
        return ["--portal", str(self._lab.folder / "portal.sock"),
                "--gateway", f"{topology.GATEWAY.host()[0]}:{GATEWAY_PORT}"]

    def far_end(self):
        return ["--sink-netns", self._lab.hosts["resource"].name, "--sink-dev", "eth0",
                "--destination", UNANSWERED, "--gateway-mac", self.gateway_mac()]

    def gateway_mac(self):
        links = json.loads(self._lab.hosts["gateway"].ip("-j", "link", "show", "dev", "eth1"))
        return links[0]["address"]


def _program():
    return str(cast.binaries() / "fz-load")


def _call(argv, limit_s=60):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as late:
        raise LoadFailed(f"no end after {limit_s} s") from late
    if done.returncode != 0:
        raise LoadFailed(done.stderr.strip().splitlines()[-1] if done.stderr.strip()
                         else f"status {done.returncode}")
    return done.stdout
