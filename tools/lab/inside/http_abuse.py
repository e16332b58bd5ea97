"""Clients that HTTP servers do not like: slow, malformed, endless, and too many of the good ones.

    http_abuse.py SECONDS ADDRESS:PORT...

Prints how many connections of each kind were made.
"""

import collections
import json
import socket
import sys
import threading
import time

_GOOD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
_FIRST_BYTES = {"good": _GOOD, "ready": _GOOD.replace(b"metrics", b"readyz"), "slow": b"G",
                "malformed": b"\x16\x03\x01\xff\xff\xff\r\n\r\n", "silent": b"",
                "endless": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000}
_AT_ONCE = 8  # of each kind, at each address


def main(seconds, *servers):
    made = collections.Counter()
    until = time.monotonic() + float(seconds)
    threads = [threading.Thread(target=_abuse, args=(server, kind, until, made))
               for server in servers for kind in _FIRST_BYTES for _ in range(_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(made))


def _abuse(server, kind, until, made):
    host, _, port = server.rpartition(":")
    while time.monotonic() < until:
        with socket.socket() as client:
            client.settimeout(1)
            try:
                client.connect((host, int(port)))
                made[kind] += 1
                client.sendall(_FIRST_BYTES[kind])
                while kind != "silent" and client.recv(65536):
                    pass
            except OSError:
                pass
            if kind in ("slow", "silent"):
                time.sleep(0.1)


main(*sys.argv[1:])
