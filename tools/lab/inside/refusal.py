"""Sends one UDP datagram and prints, as JSON, the ICMP error that comes back.

    refusal.py ADDRESS PORT LIMIT_S

Prints {"type", "code", "source"} with source = the address the error came from, or null when no
error arrived in time. The kernel keeps the error of a connected socket in its error queue, from
where it can be read with all details.
"""

import ipaddress
import json
import select
import socket
import struct
import sys

# From <linux/in.h>, <linux/in6.h> and <linux/errqueue.h>; Python does not name them.
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_SOCK_EXTENDED_ERR = "=IBBBBII"
_ORIGINS = {2: "ICMP", 3: "ICMPv6"}


def main():
    address, port, limit_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(refusal(ipaddress.ip_address(address), port, limit_s)))


def refusal(address, port, limit_s):
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        if address.version == 4:
            sender.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        else:
            sender.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        sender.connect((str(address), port))
        sender.send(b"may I?")
        waiting = select.poll()
        waiting.register(sender, select.POLLERR)
        if not waiting.poll(limit_s * 1000):
            return None
        _, controls, _, _ = sender.recvmsg(0, 512, socket.MSG_ERRQUEUE)
    return _describe(controls[0][2])


def _describe(control):
    size = struct.calcsize(_SOCK_EXTENDED_ERR)
    _, origin, icmp_type, code, _, _, _ = struct.unpack(_SOCK_EXTENDED_ERR, control[:size])
    # Then a sockaddr: family and port, for IPv6 the flow label, then the address.
    offender = control[size + 4:size + 8] if _ORIGINS.get(origin) == "ICMP" \
        else control[size + 8:size + 24]
    return {"type": icmp_type, "code": code, "source": str(ipaddress.ip_address(offender))}


if __name__ == "__main__":
    main()
