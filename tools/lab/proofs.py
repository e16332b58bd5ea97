"""What the lab shows: each proof is a function that returns a remark, or raises Unproven."""

import hashlib
import ipaddress
import json
import subprocess
import time

from . import cast, topology
from .lab import FILE_BYTES, FILE_NAME
from .netns import CommandFailed

IPERF_S = 3
# Nobody listens there.
DISCARD_PORT = 9

_FIRST_REPLY_LIMIT_S = 20
_SETTLE_LIMIT_S = 15
# "Communication administratively prohibited": RFC 1812 5.2.7.1 and RFC 4443 3.1.
_PROHIBITED = {4: (3, 13), 6: (1, 1)}
_PORT_UNREACHABLE = {4: (3, 3), 6: (1, 4)}
# Of a download's bytes this much must have taken the way that is claimed; the rest is control.
_MOST = FILE_BYTES
_LITTLE = FILE_BYTES // 20


class Unproven(Exception):
    """The lab shows something else than it should."""


def gateway_logs_in(lab):
    lab.start_gateway()
    return "joined the portal"


def client_logs_in(lab, host="client"):
    lab.start_client(host)
    return "joined the portal"


def reaches(lab, address, host="client", limit_s=_FIRST_REPLY_LIMIT_S):
    """The first reply may take a while: it is what sets up the connection."""
    begin = time.monotonic()
    while not pings(lab, address, host):
        if time.monotonic() - begin > limit_s:
            raise Unproven(f"no reply from {address} within {limit_s} s")
    return f"first reply after {time.monotonic() - begin:.1f} s"


def pings(lab, address, host="client"):
    """Whether one echo request is answered within a second."""
    try:
        lab.on(host, ["ping", "-c", "1", "-W", "1", address])
        return True
    except CommandFailed:
        return False


def ping(lab, address, host="client"):
    try:
        printed = lab.on(host, ["ping", "-c", "5", "-i", "0.2", "-W", "2", address])
    except CommandFailed as complaint:
        printed = str(complaint)
    summary = next(line for line in printed.splitlines() if "packets transmitted" in line)
    if " 0% packet loss" not in summary:
        raise Unproven(summary)
    return "5 of 5 replies, " + printed.strip().splitlines()[-1]


def download(lab, address, host="client"):
    """The same 10 MB arrive that were sent."""
    url = f"http://{_in_url(address)}/{FILE_NAME}"
    namespace = lab.hosts[host].name
    begin = time.monotonic()
    done = subprocess.run(
        ["ip", "netns", "exec", namespace, "curl", "-sS", "--max-time", "30", url],
        capture_output=True, timeout=40, check=False)
    took_s = time.monotonic() - begin
    if done.returncode != 0:
        raise Unproven(done.stderr.decode().strip())
    if hashlib.sha256(done.stdout).hexdigest() != lab.file_sha256:
        raise Unproven(f"SHA-256 differs, {len(done.stdout)} bytes")
    return f"SHA-256 equal, {len(done.stdout) / took_s / 1e6:.0f} MB/s"


def goodput(lab, address, direction, host="client"):
    """iperf3 over TCP, seen from the client: "up" or "down"."""
    argv = ["iperf3", "--client", address, "--time", str(IPERF_S), "--json",
            "--connect-timeout", "5000"]
    if direction == "down":
        argv.append("--reverse")
    try:
        printed = lab.on(host, argv, limit_s=IPERF_S + 20)
    except CommandFailed as complaint:
        raise Unproven(f"iperf3: {' '.join(str(complaint).split())}") from complaint
    rate = json.loads(printed)["end"]["sum_received"]["bits_per_second"]
    if rate <= 0:
        raise Unproven("nothing arrived")
    return f"{rate / 1e9:.2f} Gbit/s"


def refused(lab, address, host="client"):
    """A datagram that policy forbids is answered by the gateway, in the target's name."""
    return _icmp_error(lab, address, _PROHIBITED, host)


def refuses_port(lab, address, host="client"):
    """On a resource that may be pinged, a port that is not listed is refused."""
    reaches(lab, address, host)
    return refused(lab, address, host)


def arrives(lab, address, host="client"):
    """A datagram reaches the target, where nobody listens."""
    return _icmp_error(lab, address, _PORT_UNREACHABLE, host)


def _icmp_error(lab, address, expected, host):
    printed = lab.on(host, cast.refusal_command(address, DISCARD_PORT, 3))
    error = json.loads(printed)
    if error is None:
        raise Unproven(f"no ICMP error for {address} within 3 s")
    type_and_code = expected[ipaddress.ip_address(address).version]
    if (error["type"], error["code"]) != type_and_code or error["source"] != address:
        raise Unproven(f"expected {type_and_code} from {address}, got {error}")
    return f"ICMP type {error['type']} code {error['code']} from {error['source']}"


def takes_direct_path(lab, host="client"):
    return _takes_path(lab, host, "direct",
                       lambda traffic: (traffic.direct, traffic.relay_client))


def takes_relayed_path(lab, host="client"):
    return _takes_path(lab, host, "relayed",
                       lambda traffic: (traffic.relayed(), traffic.direct))


def _takes_path(lab, host, name, split):
    """Waits for the connection to settle on a path, then measures a download on it."""
    deadline = time.monotonic() + _SETTLE_LIMIT_S
    while True:
        before = lab.paths.traffic()
        download(lab, topology.OPEN.host()[0], host)
        used, other = split(lab.paths.traffic() - before)
        if used >= _MOST and other <= _LITTLE:
            return f"{used / 1e6:.1f} MB {name}, {other / 1e6:.1f} MB otherwise"
        if time.monotonic() > deadline:
            raise Unproven(f"of a download {used / 1e6:.1f} MB went {name}, "
                           f"{other / 1e6:.1f} MB otherwise")


def _in_url(address):
    return f"[{address}]" if ":" in address else address
