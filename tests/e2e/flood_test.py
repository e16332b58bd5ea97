#!/usr/bin/python3
"""Frames that a gateway can do nothing with, as fast as they go, over both doors.

    fz-load flood --(frames one by one)--+
                                         +-- our gateway -- private network
    fz-load connect ---------------------+

While each flood lasts a client connects: the portal authorises it and the gateway answers the portal,
connectivity checks (STUN) find the path, a WireGuard handshake makes the session. All of that is the
slow path, so the time it takes is the slow path's patience. (The gateway resolves no names for
clients yet; it looks up the portal's own once, at its start.) In the end only the counter that a kind
of frame is for has moved, and every datagram is accounted for. Where frames come faster than they can
be refused, the rings' own counters move too.
"""

import concurrent.futures
import dataclasses
import json
import re
import sys
import time

import requirements

from benchmarks import links
from lab import cast, topology
from lab.cast import Cast
from lab.lab import Lab
from lab.load_setup import LoadSetup
from lab.proofs import Unproven
from lab.report import Report

_DOORS = ("xdp", "socket")
_FLOOD_S = 5
_UNDER_WAY_S = 1.5
# Many times what an idle gateway needs; what matters is that it gets there at all.
_CONNECT_LIMIT_S = 4
_FEWEST = 50_000
# What a client that connects sends, and neighbours, and the portal.
_FEW = 300


@dataclasses.dataclass(frozen=True)
class Kind:
    """`verdicts` may move where a program judges frames. Of what reaches the gateway itself, only
    `drops` may be lost; `reaches` says whether anything does."""

    verdicts: tuple
    reaches: bool = False
    drops: tuple = ()


_RINGS = ("ring_full", "ring_starved")

_KINDS = {
    "unknown-index": Kind(("steered_data", "passed_no_socket"), True,
                          ("unknown_session", *_RINGS)),
    # To be read by the slow path, whose letter box may overflow.
    "spoofed-relay": Kind(("passed_stranger",), True, ("control_busy",)),
    "other-host": Kind(("passed_elsewhere",)),
    "lengths": Kind(("passed_malformed",)),
    "fragments": Kind(("passed_options",)),
    "truncated": Kind(("passed_malformed", "passed_other")),
}


def main():
    requirements.need_namespaces()
    with Lab(Cast.of()) as lab:
        report = Report(lab)
        links.send_trains_whole(lab)
        lab.on("gateway", ["ethtool", "-K", links.GATEWAY_OUTER, "gro", "on"])
        for door in _DOORS:
            for name, kind in _KINDS.items():
                report.row(door, name, _withstands, lab, door, name, kind)
        return 0 if report.conclude() else 1


def _withstands(lab, door, name, kind):
    lab.start_gateway(FIREZONE_DATAPATH=door)
    setup = LoadSetup(lab)
    setup.prepare()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        flood = pool.submit(_flood, lab, name)
        time.sleep(_UNDER_WAY_S)
        connected = setup.run("connect", peers=1, seconds=1)
        if flood.done():
            raise Unproven("the flood was over before the client had connected")
        sent = flood.result()["sent"]
    lab.stop_gateway()
    log = lab.program("gateway").output().rpartition("app: starting")[2]  # of this gateway
    if sent < _FEWEST:
        raise Unproven(f"only {sent} frames were sent")
    if connected["alive"] != 1 or connected["connect_seconds"] > _CONNECT_LIMIT_S:
        raise Unproven(f"a client took {connected['connect_seconds']:.1f} s to connect")
    received, dropped = _account(log, kind)
    judged = _judge(log, kind) if door == "xdp" else "no program"
    return (f"{sent} sent, {judged}; {received} received, {dropped or 'none'} dropped; a client "
            f"connects in {connected['connect_seconds']:.2f} s")


def _flood(lab, name):
    argv = [str(cast.binaries() / "fz-load"), "flood", "--flood", name, *links.injection(lab),
            "--destination", topology.GATEWAY.host()[0], "--seconds", str(_FLOOD_S)]
    return json.loads(lab.on("client2", argv, limit_s=_FLOOD_S + 30))


def _account(log, kind):
    """Received is delivered and dropped, and no drop but the kind's has counted more than a few."""
    totals = re.search(r'direction=to_resource received=(\d+) delivered=(\d+) dropped=(\d+) '
                       r'drops=(?:"([^"]*)"|(\S+))', log)
    received, delivered, dropped = map(int, totals.groups()[:3])
    named = totals[4] or totals[5]
    if received != delivered + dropped:
        raise Unproven(f"{received} received are not {delivered} delivered and {dropped} dropped")
    drops = _counters(named)
    if strange := {name: count for name, count in drops.items()
                   if name not in kind.drops and count > _FEW}:
        raise Unproven(f"drops of another name: {strange}")
    if kind.reaches != (received > _FEW):
        raise Unproven(f"{received} frames have reached the gateway itself")
    if "unknown_session" in kind.drops and sum(drops.values()) < received - _FEW:
        raise Unproven(f"of {received} only {named} were dropped")
    return received, named


def _judge(log, kind):
    verdicts = _counters(re.search(r'steering totals .* frames="([^"]*)"', log)[1])
    moved = {name: count for name, count in verdicts.items() if count > _FEW}
    if not moved or set(moved) - set(kind.verdicts):
        raise Unproven(f"verdicts: {moved}")
    return ", ".join(f"{name} {count}" for name, count in moved.items())


def _counters(text):
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", text)}


if __name__ == "__main__":
    sys.exit(main())
