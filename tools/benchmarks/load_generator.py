"""`fz-load`, the load generator: one process that is all clients and, for the test, the far end.

It is started on a client's host with the environment of a client, connects its peers through the
portal like any other, and puts its sink and source into the namespace that --far-end names. Then it
takes commands, one JSON object per line on its standard input, each answered by one line:

    {"do": "decrypt", "flow": "tcp" | "udp", "flows": N, "inner_bytes": B, "seconds": S
     [, "packets_per_s": R]}      client to far end; without a rate as fast as the gateway takes them
    {"do": "encrypt", ...}        the same from far end to client
        -> {"sent", "received", "received_bytes", "seconds", "reordered", "super_packets"}
           in inner packets and bytes; super_packets is how many the sink's interface delivered
    {"do": "round_trips", "per_s": R, "seconds": S [, "plain": true]}
        -> {"round_trips_us": [...]}   in the tunnel, or beside it on the same cables

An answer {"error": "..."} fails the measurement, not the generator. Two measurements need no lab:
`fz-load aead` and `fz-load tun-writes` print one such object and end.
"""

import json
import os
import select
import subprocess
import time

from lab.cast import binaries
from lab.netns import run

_CONNECT_LIMIT_S = 60
_SLACK_S = 10
_ONE_SHOT_LIMIT_S = 60


class LoadFailed(Exception):
    """The generator did not do what it was asked."""


def program():
    path = binaries() / "fz-load"
    if not os.access(path, os.X_OK):
        raise LoadFailed("fz-load is not built")
    return str(path)


def aead():
    """{"providers": {NAME: {"BYTES": {"seal_ns", "open_ns"}}}}"""
    return json.loads(run([program(), "aead"], limit_s=_ONE_SHOT_LIMIT_S))


def tun_writes(lab, prefix, inner_bytes, seconds):
    """{"writes", "seconds"}: packets to the private network, one per write, on the gateway's host
    and core, through a TUN device of its own."""
    return json.loads(lab.on("gateway", [
        *prefix, program(), "tun-writes", "--bytes", str(inner_bytes), "--seconds", str(seconds)],
        limit_s=seconds + _SLACK_S))


class LoadGenerator:
    """A running fz-load; use as a context manager."""

    def __init__(self, lab, host, far_end, peers):
        argv = [program(), "client", "--peers", str(peers),
                "--far-end", f"/run/netns/{lab.hosts[far_end].name}"]
        self._argv, self._environment = lab.wrap(host, argv), lab.cast.client_command(host)[1]

    def __enter__(self):
        self._process = subprocess.Popen(
            self._argv, env=os.environ | self._environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1, start_new_session=True)
        try:
            self._answer(_CONNECT_LIMIT_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        self._process.kill()
        self._process.communicate()

    def ask(self, **command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer(command.get("seconds", 0) + _SLACK_S)

    def _answer(self, limit_s):
        deadline = time.monotonic() + limit_s
        while True:
            readable, _, _ = select.select([self._process.stdout], [], [],
                                           max(0, deadline - time.monotonic()))
            if not readable:
                raise LoadFailed(f"fz-load has not answered within {limit_s} s")
            line = self._process.stdout.readline()
            if not line:
                raise LoadFailed(f"fz-load has ended with status {self._process.wait()}")
            # Whatever is no object is its log.
            if line.startswith("{"):
                answer = json.loads(line)
                if "error" in answer:
                    raise LoadFailed(answer["error"])
                return answer
