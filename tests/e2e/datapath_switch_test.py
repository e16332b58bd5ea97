#!/usr/bin/python3
"""Packets go on while the way in changes: from the rings to the sockets and back, under load.

    fz-client -- NAT -- our gateway (XDP on its veth) -- private network

A changed MTU costs the gateway its XDP path; a moment later it opens it again. And whoever asks
for another door gets it.
"""

import concurrent.futures
import json
import re
import sys

import requirements

from lab import proofs, topology
from lab.cast import Cast, binaries
from lab.lab import Lab
from lab.proofs import Unproven
from lab.report import Report

_ADDRESS = topology.OPEN.host()[0]
_LOAD_S = 16
_BIT_PER_S = 80_000_000
_MTUS = (1400, 1500)
_REQUESTS = 2
# What each change may cost, in time of traffic.
_LOST_LIMIT_S = 0.1
_CHANGE_LIMIT_S = 10
_THROUGH = {"XDP": "packets come through XDP", "sockets": "packets come through sockets"}


def main():
    requirements.need_namespaces()
    with Lab(Cast.of(datapath="xdp")) as lab:
        report = Report(lab)
        report.essential_row("direct", "gateway logs in", proofs.gateway_logs_in, lab)
        report.essential_row("direct", "client logs in", proofs.client_logs_in, lab)
        report.essential_row("direct", "first packet", proofs.reaches, lab, _ADDRESS)
        report.row("direct", "loses next to nothing", _loses_next_to_nothing, lab)
        report.row("direct", "still reaches", proofs.reaches, lab, _ADDRESS)
        report.row("direct", "accounts for every packet", _accounts, lab)
        return 0 if report.conclude() else 1


def _loses_next_to_nothing(lab):
    gateway = lab.program("gateway")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        load = pool.submit(_load, lab)
        for count, mtu in enumerate(_MTUS, start=1):
            lab.on("gateway", ["ip", "link", "set", "eth0", "mtu", str(mtu)])
            gateway.wait_for_output(_THROUGH["sockets"], _CHANGE_LIMIT_S, times=count)
            gateway.wait_for_output(_THROUGH["XDP"], _CHANGE_LIMIT_S, times=count + 1)
        for count in range(len(_MTUS) + 1, len(_MTUS) + 1 + _REQUESTS):
            for wish, door, times in (("socket", "sockets", count), ("xdp", "XDP", count + 1)):
                lab.on("gateway", [str(binaries() / "fz-stat"), "datapath", wish])
                gateway.wait_for_output(_THROUGH[door], _CHANGE_LIMIT_S, times=times)
        if load.done():
            raise Unproven("the load ended before the last change")
        lost, sent = load.result()
    changes = 2 * (len(_MTUS) + _REQUESTS)
    lost_s = lost / sent * _LOAD_S
    if lost_s > changes * _LOST_LIMIT_S:
        raise Unproven(f"{lost} of {sent} packets were lost, which is {lost_s:.2f} s")
    return f"{lost} of {sent} packets lost in {changes} changes"


def _load(lab):
    report = json.loads(lab.on("client", [
        "iperf3", "--client", _ADDRESS, "--udp", "--bitrate", str(_BIT_PER_S), "--length", "1200",
        "--time", str(_LOAD_S), "--json"], limit_s=_LOAD_S + 20))
    return report["end"]["sum"]["lost_packets"], report["end"]["sum"]["packets"]


def _accounts(lab):
    lab.stop_gateway()
    totals = re.findall(r"packet totals direction=(\w+) received=(\d+) delivered=(\d+) "
                        r"dropped=(\d+)", lab.program("gateway").output())
    for direction, received, delivered, dropped in totals:
        if int(received) != int(delivered) + int(dropped):
            raise Unproven(f"{direction}: {received} are not {delivered} and {dropped}")
    return ", ".join(f"{received} {direction}" for direction, received, _, _ in totals)


sys.exit(main())
