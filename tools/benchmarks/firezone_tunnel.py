"""A lab whose client reaches the private network through a gateway, on a path that has settled."""

import contextlib

from lab import proofs, topology
from lab.lab import Lab

from . import accounting, links

PATHS = {"direct": proofs.takes_direct_path, "relayed": proofs.takes_relayed_path}


class FirezoneTunnel:
    """Use as a context manager, within its arrangement; entering it takes a few seconds."""

    # What is reached through it.
    address = topology.OPEN.host()[0]

    def __init__(self, chosen, arrangement, path="direct"):
        self._cast = chosen
        self._arrangement = arrangement
        self._path = path

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
        return self._arrangement.foreign_s(self._gateway_pid())

    def unaccounted(self):
        """Ends the gateway; see accounting.py."""
        self.lab.stop_gateway()
        return accounting.unaccounted(self.lab.program("gateway").output())

    def _gateway_pid(self):
        return self.lab.program("gateway").pid()

    def _connect(self):
        links.send_frame_by_frame(self.lab)
        if self._path == "relayed":
            self.lab.paths.block_direct()
        self.lab.start_gateway(self._arrangement.gateway_prefix)
        self.lab.start_client()
        self._arrangement.place(self.lab)
        proofs.reaches(self.lab, self.address)
        PATHS[self._path](self.lab)
