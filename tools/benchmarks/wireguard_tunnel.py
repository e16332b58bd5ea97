"""wireguard-go at both ends: a plain tunnel over the same cables, to measure against.

The gateway's host forwards and masquerades as it does for a gateway that leaves that to others.
"""

import dataclasses
import subprocess

from lab import firewall, proofs, topology
from lab.cast import Cast

from . import links
from .tunnel import Tunnel

MTU = 1280
_PORT = 51820
_INTERFACE = "wg0"
_KEEPALIVE_S = 10
_STATE_LIMIT_S = 10


@dataclasses.dataclass(frozen=True)
class _End:
    """One end: its addresses are of the ranges that are masqueraded."""

    host: str
    ipv4: str
    private_key: str
    public_key: str

    @classmethod
    def of(cls, host, ipv4):
        private_key = _wg("genkey")
        return cls(host, ipv4, private_key, _wg("pubkey", private_key))


class WireguardTunnel(Tunnel):
    """A tunnel as comparison.py wants it; `program` is the path of wireguard-go."""

    _GATEWAY = "wireguard-gateway"

    def __init__(self, program, arrangement):
        super().__init__(Cast.of(), arrangement)
        self._program = str(program)

    def _connect(self):
        links.send_frame_by_frame(self.lab)
        firewall.prepare_gateway_host(self.lab.hosts["gateway"])
        client, gateway = _End.of("client", "100.64.0.1"), _End.of("gateway", "100.64.0.2")
        self._start(gateway, self._arrangement.gateway_prefix, [
            "listen-port", str(_PORT), "peer", client.public_key,
            "allowed-ips", f"{client.ipv4}/32"])
        self._start(client, (), [
            "peer", gateway.public_key, "endpoint", f"{topology.GATEWAY.host()[0]}:{_PORT}",
            "persistent-keepalive", str(_KEEPALIVE_S), "allowed-ips", "0.0.0.0/0"])
        self.lab.on("client", ["ip", "route", "add", str(topology.OPEN.ipv4), "dev", _INTERFACE])
        self._arrangement.place(self.lab)
        proofs.reaches(self.lab, self.address)

    def _start(self, end, prefix, settings):
        lab = self.lab
        program = lab.start_program(f"wireguard-{end.host}", end.host,
                                    [*prefix, self._program, "--foreground", _INTERFACE],
                                    {"LOG_LEVEL": "verbose"})
        program.wait_for_output("UAPI listener started", _STATE_LIMIT_S)
        # `wg` reads keys from files only; /dev/stdin is one.
        argv = ["wg", "set", _INTERFACE, "private-key", "/dev/stdin", *settings]
        lab.on_privately(end.host, argv, text_in=end.private_key)
        for words in (["address", "add", f"{end.ipv4}/32", "dev", _INTERFACE],
                      ["link", "set", _INTERFACE, "mtu", str(MTU), "up"]):
            lab.on(end.host, ["ip", *words])
        if end.host == "gateway":
            lab.on(end.host, ["ip", "route", "add", "100.64.0.0/11", "dev", _INTERFACE])


def _wg(command, text_in=None):
    return subprocess.run(["wg", command], input=text_in, capture_output=True, text=True,
                          check=True, timeout=5).stdout.strip()
