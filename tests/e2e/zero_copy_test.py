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

import concurrent.futures
import json
import os
import pathlib
import re
import signal
import sys

import requirements

from gateway_host import left_behind
from guest import machine
from guest.image import Image
from guest.kernel import Kernel, NoKernel
from guest.machine import Machine
from lab import cast, proofs, topology
from lab.cast import Cast
from lab.lab import Lab
from lab.proofs import Unproven
from lab.report import Report

_GUEST = pathlib.Path(__file__).resolve().parent / "guest"
_CACHE = cast.REPOSITORY / "build/guest"
_MODULES = ("virtio_pci", "virtio_net", "virtio_console", "tun", "nft_chain_nat", "nft_masq")
_TOOLS = ("/usr/bin/dash", "/usr/bin/ip", "/usr/sbin/nft")
_PRIVATE_FILES = ("hosts", "resolv.conf", "nsswitch.conf")

# Each client has its half of it; what they send at a time goes through different queues.
_CLIENTS = ("client", "client2")
_ADDRESS = topology.OPEN.host()[0]
_PORT = 7000
_BYTES = 200_000_000
# Emulated processors are slow, and slower under sanitizers; nothing here is a measure of speed.
_JOIN_LIMIT_S = 60
_EXCHANGE_LIMIT_S = 150
_END_LIMIT_S = 60
# The client's first handshakes and what keeps its path alive take the other way.
_MOST = 0.99


def main():
    requirements.need_namespaces()
    if why := machine.missing():
        requirements.skip(why)
    try:
        kernel = Kernel.obtain(_CACHE)
    except NoKernel as why:
        requirements.skip(str(why))
    with Lab(Cast.of(datapath="xdp"), keep_logs=os.environ.get("FZ_KEEP_LOGS")) as lab:
        image = lab.folder / "guest.cpio"
        _image(lab, kernel).write(image)
        with Machine(lab, "gateway", kernel, image) as guest:
            print(f"guest: Linux {kernel.version}, {machine.PROCESSORS} processors")
            return 0 if _show(lab, guest, Report(lab)) else 1


def _image(lab, kernel):
    image = Image()
    for folder in ("/proc", "/sys", "/dev", "/run", "/tmp"):
        image.add_folder(folder)
    image.add("/init", (_GUEST / "init").read_bytes(), 0o755)
    image.add_copy("/bin/busybox")
    for number, content in enumerate(kernel.modules(*_MODULES).values()):
        image.add(f"/modules/{number:02}.ko", content)
    for name in _PRIVATE_FILES:
        image.add(f"/etc/{name}", (lab.folder / "hosts/gateway/etc" / name).read_bytes())
    for program in (*_TOOLS, lab.cast.gateway):
        image.add_program(program)
    return image


def _show(lab, guest, report):
    report.essential_row("direct", "gateway logs in", _gateway_logs_in, lab, guest)
    report.essential_row("direct", "frames are not copied", _is_zero_copy, guest)
    for client in _CLIENTS:
        report.essential_row("direct", f"{client} logs in", proofs.client_logs_in, lab, client)
        report.essential_row("direct", f"{client} reaches", proofs.reaches, lab, _ADDRESS, client)
    report.row("direct", "is attached", _is_attached, guest)
    lab.serve("exchange", "resource", _exchange("serve", _PORT))
    for direction in ("up", "down"):
        report.row("direct", f"200 MB {direction}", _same_bytes, lab, direction)
    report.row("direct", "gateway ends", _ends_tidily, guest)
    for queue in range(machine.PROCESSORS):
        report.row("direct", f"queue {queue}", _came_through_ring, guest, queue)
    report.row("direct", "all came through the rings", _all_came_through_rings, guest)
    return report.conclude()


def _gateway_logs_in(lab, guest):
    since = lab.portal.last_seq()
    argv, environment = lab.cast.gateway_command()
    guest.start("gateway", [pathlib.Path(argv[0]).name, *argv[1:]], environment)
    lab.portal.wait_for("the gateway does not join", _JOIN_LIMIT_S, after=since,
                        role="gateway", direction="out", event="init")
    return "joined the portal"


def _is_zero_copy(guest):
    """The gateway says so of an interface if the kernel says so of each of its sockets."""
    guest.console.wait_for_output("packets come through", _JOIN_LIMIT_S)
    said = re.search(r"packets come through .*", guest.console.output())[0].strip()
    wanted = "packets come through XDP interface=eth0 mode=native zero_copy=true queues="
    if said != f"{wanted}{machine.PROCESSORS}":
        raise Unproven(said)
    return said


def _is_attached(guest):
    """What must be gone in the end must have been there."""
    found = left_behind(guest.command)
    if "XDP program" not in found:
        raise Unproven(f"there is no XDP program, but: {', '.join(found)}")
    return ", ".join(found)


def _same_bytes(lab, direction):
    """All clients at a time; every one sees the SHA-256 that the other end sees."""
    def exchange(client):
        asked = _exchange(direction, _ADDRESS, _PORT, _BYTES // len(_CLIENTS))
        return json.loads(lab.on(client, asked, limit_s=_EXCHANGE_LIMIT_S))

    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = list(pool.map(exchange, _CLIENTS))
    for each in done:
        if each["sent"] != each["received"]:
            raise Unproven(f"sent {each['sent']}, received {each['received']}")
    count = sum(each["received"]["bytes"] for each in done)
    if count != _BYTES:
        raise Unproven(f"only {count} bytes were moved")
    sums = ", ".join(each["received"]["sha256"][:12] + "…" for each in done)
    return f"{count} bytes, SHA-256 equal: {sums}"


def _ends_tidily(guest):
    guest.signal("gateway", signal.SIGTERM)
    status = guest.ended("gateway", _END_LIMIT_S)
    if status != 0:
        raise Unproven(f"asked to end, the gateway exits with {status}")
    guest.console.wait_for_output("goodbye", _END_LIMIT_S)
    if found := left_behind(guest.command):
        raise Unproven(f"it has left behind: {', '.join(found)}")
    return "status 0, nothing stays attached"


def _came_through_ring(guest, queue):
    totals = _steering_totals(guest)[queue]
    counted = _counters(totals)
    if counted["steered_data"] == 0 or counted["passed_no_socket"] > 0:
        raise Unproven(totals)
    return totals


def _all_came_through_rings(guest):
    """The sockets, which would have taken what the rings do not, have had next to nothing."""
    steered = sum(_counters(totals)["steered_data"] for totals in _steering_totals(guest).values())
    received = int(re.search(r"direction=to_resource received=(\d+)", guest.console.output())[1])
    if steered < _MOST * received:
        raise Unproven(f"{steered} of {received} datagrams")
    return f"{steered} of {received} datagrams"


def _steering_totals(guest):
    """What the gateway says at its end of each queue."""
    return {int(queue): totals.strip() for queue, totals in re.findall(
        r"steering totals interface=eth0 queue=(\d+) (.*)", guest.console.output())}


def _counters(totals):
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", totals)}


def _exchange(*arguments):
    return ["/usr/bin/python3", str(_GUEST / "exchange.py"), *map(str, arguments)]


if __name__ == "__main__":
    sys.exit(main())
