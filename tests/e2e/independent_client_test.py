#!/usr/bin/python3
"""Our gateway and a client that shares no code with it: one misreading cannot hide on both sides.

    ping, curl
        |
       wg0  wireguard-go          (Debian)
        |
     aioice  ICE, STUN            (Debian)
        |
       NAT --+-- gateway -- private network: ping, HTTP
             |
     our portal, coturn           (coturn: Debian)

Once directly, once through the gateway's allocation on the relay. Another gateway and relay can be
put in place: the stock gateway, for example, needs the stock relay.

    independent_client_test.py [--gateway PATH] [--relay PATH]
"""

import argparse
import os
import pathlib
import sys

import requirements

from lab import proofs, topology
from lab.cast import Cast
from lab.lab import Lab
from lab.report import Report

_CLIENT = pathlib.Path(__file__).resolve().parent / "independent/client.py"
_TUNNEL_LIMIT_S = 30

# Path -> the families in which client and gateway cannot meet directly, and what shows the path.
PATHS = {
    "direct": ((), proofs.takes_direct_path),
    "relayed": (("ipv4", "ipv6"), proofs.takes_relayed_path),
}


def main():
    requirements.need_namespaces()
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--gateway")
    arguments.add_argument("--relay")
    given = arguments.parse_args()
    chosen = Cast.of(given.gateway, _CLIENT, given.relay)
    if chosen.missing():
        print(f"not built: {', '.join(chosen.missing())}")
        return 1
    held = [show(chosen, path) for path in PATHS]
    return 0 if all(held) else 1


def show(chosen, path):
    blocked, takes_path = PATHS[path]
    keep_logs = os.environ.get("FZ_KEEP_LOGS")
    with Lab(chosen, keep_logs=keep_logs and f"{keep_logs}/{path}") as lab:
        report = Report(lab)
        lab.paths.block_direct(blocked)
        report.essential_row(path, "gateway logs in", proofs.gateway_logs_in, lab)
        report.essential_row(path, "client logs in", proofs.client_logs_in, lab)
        report.essential_row(path, "tunnel is up", tunnel_is_up, lab)
        for family, address in zip(("IPv4", "IPv6"), topology.OPEN.host()):
            report.essential_row(path, f"first packet {family}", proofs.reaches, lab, address)
            report.row(path, f"ping {family}", proofs.ping, lab, address)
            report.row(path, f"10 MB by HTTP {family}", proofs.download, lab, address)
        report.row(path, f"is {path}", takes_path, lab)
        return report.conclude()


def tunnel_is_up(lab):
    """aioice has nominated a pair, wireguard-go has its keys and routes."""
    lab.program("client").wait_for_output("tunnel is up", _TUNNEL_LIMIT_S)
    return "ICE connected, WireGuard configured"


sys.exit(main())
