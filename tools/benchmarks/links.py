"""The cables of the lab as the benchmarks want them: what crosses, and which core receives it."""

import json
import pathlib
import re

from lab.cast import binaries

# Between client and gateway, frames cross one by one as they would on a network card without
# offloads; the cable to the private network keeps what veth offers.
OUTER_LINKS = (("client", "eth0"), ("nat", "eth1"), ("nat", "eth0"), ("internet", "nat"),
               ("internet", "gateway"), ("gateway", "eth0"), ("services", "eth0"),
               ("internet", "services"))
# The gateway's interface towards the clients, the one towards the private network, and the end of
# the former's cable.
GATEWAY_OUTER, GATEWAY_INNER = "eth0", "eth1"
_TOWARDS_GATEWAY = ("internet", "gateway")

_NAPI_THREAD = re.compile(r"napi/")


def send_frame_by_frame(lab):
    """Takes checksum and segmentation offload off the outer links."""
    for host, interface in OUTER_LINKS:
        lab.on(host, ["ethtool", "-K", interface, "tx", "off", "sg", "off", "tso", "off",
                      "gso", "off", "tx-udp-segmentation", "off"])


def send_trains_whole(lab):
    """Datagrams of one send cross to the gateway in one piece, and still end in its NAPI: veth
    passes by the NAPI of its other end as long as it offers TSO."""
    host, interface = _TOWARDS_GATEWAY
    lab.on(host, ["ethtool", "-K", interface, "tso", "off", "tx-udp-segmentation", "on"])


def receive_in_threads(lab, host, interface):
    """GRO as on a network card, in NAPI threads, of what a sender without TSO sends; returns their
    process ids."""
    before = _napi_threads()
    lab.on(host, ["ethtool", "-K", interface, "gro", "on"])
    _write(lab, host, f"/sys/class/net/{interface}/threaded", "1")
    return _napi_threads() - before


def set_receive_offload(lab, wanted):
    """GRO at the gateway's outer interface, or none; in either case what arrives passes its NAPI,
    as on a network card. A veth has one for GRO or for an XDP program: without the former, one
    that passes everything on (ours, with empty maps) takes its place, so that the NAPI and its
    thread stay."""
    if wanted:
        lab.on("gateway", ["ethtool", "-K", GATEWAY_OUTER, "gro", "on"])
        lab.on("gateway", ["ip", "link", "set", "dev", GATEWAY_OUTER, "xdp", "off"])
    else:
        lab.on("gateway", ["ip", "-force", "link", "set", "dev", GATEWAY_OUTER, "xdpdrv", "object",
                           str(binaries().parent / "bpf/gateway.bpf.o"), "section", "xdp"])
        lab.on("gateway", ["ethtool", "-K", GATEWAY_OUTER, "gro", "off"])


def injection(lab):
    """Where fz-load puts frames on the gateway's cable one by one, as options of it."""
    host, device = _TOWARDS_GATEWAY
    mac = json.loads(lab.hosts["gateway"].ip("-j", "link", "show", "dev", GATEWAY_OUTER))
    return ("--inject-netns", lab.hosts[host].name, "--inject-dev", device,
            "--inject-mac", mac[0]["address"])


def receive_on(lab, host, core, interface="*"):
    """All that arrives at a host, by default on whichever interface, is received by one core."""
    listed = lab.on(host, ["sh", "-c", f"ls -d /sys/class/net/{interface}/queues/rx-*/rps_cpus"])
    for path in listed.split():
        _write(lab, host, path, f"{1 << core:x}")


def _write(lab, host, path, text):
    """The files of /sys are those of the namespace in which they are opened."""
    lab.on(host, ["sh", "-c", f"echo {text} > {path}"])


def _napi_threads():
    return {int(path.parent.name) for path in pathlib.Path("/proc").glob("[0-9]*/comm")
            if _NAPI_THREAD.match(_read(path))}


def _read(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # a process that has ended meanwhile
