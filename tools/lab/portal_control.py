#!/usr/bin/python3
"""The lab's hand on the portal: its control socket as function calls (see portal/control.py).

    $ tools/lab/portal_control.py SOCKET '{"do": "state"}'
"""

import json
import socket
import sys


class PortalRefused(Exception):
    """The portal could not do what was asked."""


class PortalControl:
    """`control.set_filters(resource="guarded", filters=[])` and so on, one connection per call."""

    def __init__(self, path):
        self._path = str(path)

    def __getattr__(self, command):
        return lambda **arguments: self.ask({"do": command, **arguments})

    def wait_for(self, what, limit_s, **wanted):
        """Waits for a journal entry and insists on it; `what` names it in the complaint."""
        entry = self.wait(timeout_s=limit_s, **wanted)
        if entry is None:
            raise PortalRefused(f"{what}: nothing within {limit_s} s")
        return entry

    def ask(self, request):
        limit_s = request.get("timeout_s", 0) + 5
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(limit_s)
            connection.connect(self._path)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile() as answers:
                answer = json.loads(answers.readline())
        if not answer["ok"]:
            raise PortalRefused(f"{request['do']}: {answer['error']}")
        return answer["result"]


if __name__ == "__main__":
    print(json.dumps(PortalControl(sys.argv[1]).ask(json.loads(sys.argv[2])), indent=1))
