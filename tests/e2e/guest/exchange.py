#!/usr/bin/python3
"""Random bytes over TCP, with the SHA-256 of each end.

    exchange.py serve PORT
    exchange.py up|down ADDRESS PORT BYTES      prints what one end has sent and the other received
"""

import hashlib
import json
import os
import socket
import socketserver
import sys

_BLOCK = 1 << 18


def send(stream, count):
    """Sends so many bytes; returns what is to be received."""
    digest = hashlib.sha256()
    for at in range(0, count, _BLOCK):
        block = os.urandom(min(_BLOCK, count - at))
        stream.write(block)
        digest.update(block)
    stream.flush()
    return {"bytes": count, "sha256": digest.hexdigest()}


def receive(stream, count):
    """Receives so many bytes, or what there is of them; returns their count and SHA-256."""
    digest = hashlib.sha256()
    left = count
    while left > 0 and (block := stream.read(min(_BLOCK, left))):
        left -= len(block)
        digest.update(block)
    return {"bytes": count - left, "sha256": digest.hexdigest()}


class _Conversation(socketserver.StreamRequestHandler):
    """One line says what is wanted; behind the bytes a line says what this end has seen."""

    def handle(self):
        direction, count = self.rfile.readline().split()
        move = receive if direction == b"up" else send
        seen = move(self.rfile if direction == b"up" else self.wfile, int(count))
        self.wfile.write(json.dumps(seen).encode() + b"\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def ask(direction, address, port, count):
    with socket.create_connection((address, port), timeout=60) as connection:
        with connection.makefile("rwb") as stream:
            stream.write(f"{direction} {count}\n".encode())
            stream.flush()
            here = (send if direction == "up" else receive)(stream, count)
            there = json.loads(stream.readline())
    sent, received = (here, there) if direction == "up" else (there, here)
    return {"sent": sent, "received": received}


def main(what, *arguments):
    if what == "serve":
        _Server(("", int(arguments[0])), _Conversation).serve_forever()
    address, port, count = arguments
    print(json.dumps(ask(what, address, int(port), int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])
