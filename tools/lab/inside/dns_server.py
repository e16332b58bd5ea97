"""A DNS server for one host of the lab: knows a few names, denies all others at once.

    dns_server.py NAME=ADDRESS[,ADDRESS...] ...

Programs look up names at start that do not exist in a lab; a quick "no such name" keeps their start
quick. UDP only, A and AAAA only.
"""

import ipaddress
import socket
import struct
import sys

_NO_SUCH_NAME = 3
_TTL_S = 60
_TYPES = {1: 4, 28: 6}  # query type -> IP version
# QR, RA and the client's RD; names here are always "authoritative enough".
_ANSWER_FLAGS = 0x8180


def main():
    table = {}
    for argument in sys.argv[1:]:
        name, _, addresses = argument.partition("=")
        table[name] = [ipaddress.ip_address(text) for text in addresses.split(",")]
    server = _bind()
    while True:
        query, sender = server.recvfrom(4096)
        try:
            server.sendto(answer(query, table), sender)
        except (IndexError, struct.error, UnicodeDecodeError):
            continue  # not a question; a server that answers garbage invites more of it


def _bind():
    server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", 53))
    return server


def answer(query, table):
    """The response to one query, with the question section repeated as DNS wants it."""
    (identifier,) = struct.unpack_from("!H", query)
    name, end = _read_name(query, 12)
    query_type, _ = struct.unpack_from("!HH", query, end)
    question = query[12:end + 4]
    known = table.get(name.lower())
    records = [address.packed for address in known or []
               if address.version == _TYPES.get(query_type)]
    flags = _ANSWER_FLAGS | (0 if known else _NO_SUCH_NAME)
    header = struct.pack("!HHHHHH", identifier, flags, 1, len(records), 0, 0)
    # 0xC00C points back to the name in the question.
    return header + question + b"".join(
        struct.pack("!HHHIH", 0xC00C, query_type, 1, _TTL_S, len(packed)) + packed
        for packed in records)


def _read_name(message, offset):
    labels = []
    while length := message[offset]:
        labels.append(message[offset + 1:offset + 1 + length].decode("ascii"))
        offset += 1 + length
    return ".".join(labels), offset + 1


if __name__ == "__main__":
    main()
