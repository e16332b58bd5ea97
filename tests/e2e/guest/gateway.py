"""The lab's gateway in a guest: what the guest consists of, and what can be shown of the gateway.

Proofs are functions of the lab or the guest that return a remark or raise (see lab/proofs.py).
"""

import concurrent.futures
import json
import os
import pathlib
import re
import signal

import requirements
from gateway_host import left_behind
from lab import proofs, topology
from lab.cast import Cast
from lab.lab import Lab
from lab.proofs import Unproven
from lab.report import Report

from . import machine
from .image import Image
from .kernel import Kernel, NoKernel
from .machine import Machine

CLIENTS = ("client", "client2")

_HERE = pathlib.Path(__file__).resolve().parent
_MODULES = ("virtio_pci", "virtio_net", "virtio_console", "tun", "nft_chain_nat", "nft_masq")
_TOOLS = ("/usr/bin/dash", "/usr/bin/ip", "/usr/sbin/nft")
_PRIVATE_FILES = ("hosts", "resolv.conf", "nsswitch.conf")

_ADDRESS = topology.OPEN.host()[0]
_PORT = 7000
# Emulated processors are slow, and slower under sanitizers; nothing here is a measure of speed.
_JOIN_LIMIT_S = 60
_EXCHANGE_LIMIT_S = 150
_END_LIMIT_S = 60


def show(suite, queues, prove):
    """Boots the kernel of a Debian suite and calls `prove(lab, guest, report)`.

    Returns the test's exit status, or ends it as skipped.
    """
    requirements.need_namespaces()
    if why := machine.missing():
        requirements.skip(why)
    try:
        kernel = Kernel.obtain(suite)
    except NoKernel as why:
        requirements.skip(str(why))
    with Lab(Cast.of(datapath="xdp"), keep_logs=os.environ.get("FZ_KEEP_LOGS")) as lab:
        image = lab.folder / "guest.cpio"
        _image(lab, kernel).write(image)
        with Machine(lab, "gateway", kernel, image, queues) as guest:
            print(f"guest: Linux {kernel.version}, {machine.PROCESSORS} processors, "
                  f"{queues} pairs of queues", flush=True)
            report = Report(lab)
            prove(lab, guest, report)
            return 0 if report.conclude() else 1


def gateway_logs_in(lab, guest):
    since = lab.portal.last_seq()
    argv, environment = lab.cast.gateway_command()
    guest.start("gateway", [pathlib.Path(argv[0]).name, *argv[1:]], environment)
    lab.portal.wait_for("the gateway does not join", _JOIN_LIMIT_S, after=since,
                        role="gateway", direction="out", event="init")
    return "joined the portal"


def way_in(guest):
    """What the gateway has said of the way that packets come, each time that it changed."""
    guest.console.wait_for_output("packets come through", _JOIN_LIMIT_S)
    return [said.strip() for said in re.findall(r"packets come through .*", guest.console.output())]


def connects_clients(lab, report):
    """Every client reaches the private network, where something waits for exchanges."""
    for client in CLIENTS:
        report.essential_row("direct", f"{client} logs in", proofs.client_logs_in, lab, client)
        report.essential_row("direct", f"{client} reaches", proofs.reaches, lab, _ADDRESS, client)
    lab.serve("exchange", "resource", _exchange("serve", _PORT))


def is_attached(guest):
    """What must be gone in the end must have been there."""
    found = left_behind(guest.command)
    if "XDP program" not in found:
        raise Unproven(f"there is no XDP program, but: {', '.join(found)}")
    return ", ".join(found)


def same_bytes(lab, direction, count):
    """All clients at a time; every one sees the SHA-256 that the other end sees."""
    def exchange(client):
        asked = _exchange(direction, _ADDRESS, _PORT, count // len(CLIENTS))
        return json.loads(lab.on(client, asked, limit_s=_EXCHANGE_LIMIT_S))

    with concurrent.futures.ThreadPoolExecutor() as pool:
        done = list(pool.map(exchange, CLIENTS))
    for each in done:
        if each["sent"] != each["received"]:
            raise Unproven(f"sent {each['sent']}, received {each['received']}")
    moved = sum(each["received"]["bytes"] for each in done)
    if moved != count:
        raise Unproven(f"only {moved} bytes were moved")
    sums = ", ".join(each["received"]["sha256"][:12] + "…" for each in done)
    return f"{moved} bytes, SHA-256 equal: {sums}"


def ends_tidily(guest):
    guest.signal("gateway", signal.SIGTERM)
    status = guest.ended("gateway", _END_LIMIT_S)
    if status != 0:
        raise Unproven(f"asked to end, the gateway exits with {status}")
    guest.console.wait_for_output("goodbye", _END_LIMIT_S)
    if found := left_behind(guest.command):
        raise Unproven(f"it has left behind: {', '.join(found)}")
    return "status 0, nothing stays attached"


def steering(guest):
    """What the gateway has counted in each queue, as it says at its end."""
    totals = re.findall(r"steering totals interface=eth0 queue=(\d+) (.*)", guest.console.output())
    return {int(queue): {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", counted)}
            for queue, counted in totals}


def _image(lab, kernel):
    image = Image()
    for folder in ("/proc", "/sys", "/dev", "/run", "/tmp"):
        image.add_folder(folder)
    image.add("/init", (_HERE / "init").read_bytes(), 0o755)
    image.add_copy("/bin/busybox")
    for number, content in enumerate(kernel.modules(*_MODULES).values()):
        image.add(f"/modules/{number:02}.ko", content)
    for name in _PRIVATE_FILES:
        image.add(f"/etc/{name}", (lab.folder / "hosts/gateway/etc" / name).read_bytes())
    for program in (*_TOOLS, lab.cast.gateway):
        image.add_program(program)
    return image


def _exchange(*arguments):
    return ["/usr/bin/python3", str(_HERE / "exchange.py"), *map(str, arguments)]
