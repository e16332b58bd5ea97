"""A lab with a tunnel through it, whose gateway's processor time can be asked for."""

import contextlib

from lab import topology
from lab.lab import Lab


class Tunnel:
    """Use as a context manager, within its arrangement; entering it takes a few seconds.

    A kind of tunnel says in `_connect` how its programs start, and in `_GATEWAY` which of them
    counts.
    """

    # What is reached through it.
    address = topology.OPEN.host()[0]
    _GATEWAY = "gateway"

    def __init__(self, chosen, arrangement):
        self._cast = chosen
        self._arrangement = arrangement

    def __enter__(self):
        with contextlib.ExitStack() as entering:
            self.lab = entering.enter_context(Lab(self._cast))
            self._connect()
            self._leaving = entering.pop_all()
        return self

    def __exit__(self, *exception):
        self._leaving.__exit__(*exception)

    def gateway_s(self):
        """The gateway's processor time so far, as the arrangement counts it."""
        return self._arrangement.gateway_s(self._gateway_pid())

    def foreign_s(self):
        """The time so far of others, who should rest."""
        return self._arrangement.foreign_s(self._gateway_pid())

    def _gateway_pid(self):
        return self.lab.program(self._GATEWAY).pid()

    def _connect(self):
        raise NotImplementedError
