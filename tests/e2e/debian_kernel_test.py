#!/usr/bin/python3
"""XDP on Debian 12's own kernel, whose verifier knows less than newer ones.

Our gateway in a virtual machine (guest/machine.py), whose card has more pairs of queues than the
guest has processors: with a program attached its driver uses more of them, and none of that may
make the gateway look for another way in. This kernel copies: its virtio-net knows nothing else.
"""

import sys

import requirements  # noqa: F401  (makes `lab` importable)

from guest import gateway, machine
from lab.proofs import Unproven

_SUITE = "bookworm"
_QUEUES = 2 * machine.PROCESSORS
_BYTES = 20_000_000


def main():
    return gateway.show(_SUITE, _QUEUES, _prove)


def _prove(lab, guest, report):
    report.essential_row("direct", "gateway logs in", gateway.gateway_logs_in, lab, guest)
    gateway.connects_clients(lab, report)
    report.row("direct", "is attached", gateway.is_attached, guest)
    for direction in ("up", "down"):
        report.row("direct", f"20 MB {direction}", gateway.same_bytes, lab, direction, _BYTES)
    report.row("direct", "has stayed with XDP", _has_stayed, guest)
    report.row("direct", "gateway ends", gateway.ends_tidily, guest)
    report.row("direct", "data came through rings", _came_through_rings, guest)


def _has_stayed(guest):
    said = gateway.way_in(guest)
    if len(said) != 1 or "through XDP interface=eth0 mode=native" not in said[0]:
        raise Unproven("; ".join(said))
    return said[0]


def _came_through_rings(guest):
    steered = sum(each["steered_data"] for each in gateway.steering(guest).values())
    if steered == 0:
        raise Unproven("none was steered")
    return f"{steered} frames"


if __name__ == "__main__":
    sys.exit(main())
