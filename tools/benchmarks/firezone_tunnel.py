"""A lab whose client reaches the private network through a gateway, on a path that has settled."""

from lab import proofs

from . import accounting, links
from .tunnel import Tunnel

PATHS = {"direct": proofs.takes_direct_path, "relayed": proofs.takes_relayed_path}


class FirezoneTunnel(Tunnel):
    """Client, relay and gateway of the lab; `path` is "direct" or "relayed"."""

    def __init__(self, chosen, arrangement, path="direct"):
        super().__init__(chosen, arrangement)
        self._path = path

    def unaccounted(self):
        """Ends the gateway; see accounting.py."""
        self.lab.stop_gateway()
        return accounting.unaccounted(self.lab.program("gateway").output())

    def _connect(self):
        links.send_frame_by_frame(self.lab)
        if self._path == "relayed":
            self.lab.paths.block_direct()
        self.lab.start_gateway(self._arrangement.gateway_prefix)
        self.lab.start_client()
        self._arrangement.place(self.lab)
        proofs.reaches(self.lab, self.address)
        PATHS[self._path](self.lab)
