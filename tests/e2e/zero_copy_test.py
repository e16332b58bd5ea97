#!/usr/bin/python3
"""Frames reach the gateway without a copy: the card writes them into the gateway's own memory.

Network cards of the lab are virtual cables, which cannot do that. A virtual machine's card can, so
our gateway moves into one (guest/machine.py draws it) and everything else stays where it is:

    fz-client ---- NAT ----+
                           +-- internet --[ our gateway, zero-copy ]-- resource: exchange.py
    fz-client (client2) ---+

The gateway says what the kernel has granted, which it reads back from each socket. Large amounts of
random bytes then go through the tunnel, up and down, and must be the same at both ends.
"""

import re
import sys

import requirements  # noqa: F401  (makes `lab` importable)

from guest import gateway
from lab.proofs import Unproven

# The virtio-net of Debian's stable kernels (6.1, 6.12) copies; the one of 6.18 need not.
_SUITE = "trixie-backports"
_QUEUES = 2
_BYTES = 200_000_000
# Handshakes and what keeps a path alive take the other way in.
_MOST = 0.99


def main():
    return gateway.show(_SUITE, _QUEUES, _prove)


def _prove(lab, guest, report):
    report.essential_row("direct", "gateway logs in", gateway.gateway_logs_in, lab, guest)
    report.essential_row("direct", "frames are not copied", _is_zero_copy, guest)
    gateway.connects_clients(lab, report)
    report.row("direct", "is attached", gateway.is_attached, guest)
    for direction in ("up", "down"):
        report.row("direct", f"200 MB {direction}", gateway.same_bytes, lab, direction, _BYTES)
    report.row("direct", "gateway ends", gateway.ends_tidily, guest)
    for queue in range(_QUEUES):
        report.row("direct", f"queue {queue}", _came_through_ring, guest, queue)
    report.row("direct", "all came through the rings", _all_came_through_rings, guest)


def _is_zero_copy(guest):
    """The gateway says so of an interface if the kernel says so of each of its sockets."""
    said = gateway.way_in(guest)
    wanted = "packets come through XDP interface=eth0 mode=native zero_copy=true queues="
    if said != [f"{wanted}{_QUEUES}"]:
        raise Unproven("; ".join(said))
    return said[0]


def _came_through_ring(guest, queue):
    counted = gateway.steering(guest)[queue]
    remark = " ".join(f"{name}={count}" for name, count in counted.items())
    if counted["steered_data"] == 0 or counted["passed_no_socket"] > 0:
        raise Unproven(remark)
    return remark


def _all_came_through_rings(guest):
    """The sockets, which would have taken what the rings do not, have had next to nothing."""
    steered = sum(counted["steered_data"] for counted in gateway.steering(guest).values())
    received = int(re.search(r"direction=to_resource received=(\d+)", guest.console.output())[1])
    if steered < _MOST * received:
        raise Unproven(f"{steered} of {received} datagrams")
    return f"{steered} of {received} datagrams"


if __name__ == "__main__":
    sys.exit(main())
