"""Asks the gateway of this network namespace one question and prints its answer as it comes.

    ask_gateway.py QUESTION...
"""

import socket
import sys

_COMMANDS = "\0firezone-gateway/commands"  # abstract: belongs to the namespace
_MAX_ANSWER = 64_000  # bytes
_LIMIT_S = 5


def main(question):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asker:
        asker.settimeout(_LIMIT_S)
        asker.bind("")  # the kernel makes up a name, so that the answer finds it
        asker.connect(_COMMANDS)
        asker.send(question.encode())
        sys.stdout.write(asker.recv(_MAX_ANSWER).decode())


main(" ".join(sys.argv[1:]))
