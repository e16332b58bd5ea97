"""A gateway between the load generator's two ends: no NAT, no client program, nothing else."""

import contextlib
import time

from lab.lab import Lab

from . import accounting, load_generator, quiet

# The client's host that has no NAT before it.
_HOST = "client2"
_FAR_END = "resource"


class LoadedGateway:
    """Use as a context manager, within its arrangement. The cables keep their offloads."""

    def __init__(self, chosen, arrangement, peers=1, **environment):
        self._cast = chosen
        self._arrangement = arrangement
        self._peers = peers
        self._environment = environment

    def __enter__(self):
        load_generator.program()  # before anything is built for it
        with contextlib.ExitStack() as entering:
            self.lab = entering.enter_context(Lab(self._cast))
            self.lab.start_gateway(self._arrangement.gateway_prefix, **self._environment)
            self._arrangement.place(self.lab)
            self.generator = entering.enter_context(
                load_generator.LoadGenerator(self.lab, _HOST, _FAR_END, self._peers))
            self._leaving = entering.pop_all()
        return self

    def __exit__(self, *exception):
        self._leaving.__exit__(*exception)

    def carry(self, options, **command):
        """Runs one load and returns what the generator says with "cpu_s" and "wall_s" beside it."""
        quiet.wait(options.patience)
        begin, before_s = time.monotonic(), self._gateway_s()
        answer = self.generator.ask(seconds=options.seconds, **command)
        return answer | {"cpu_s": self._gateway_s() - before_s, "wall_s": time.monotonic() - begin}

    def unaccounted(self):
        """Ends the gateway; see accounting.py."""
        self.lab.stop_gateway()
        return accounting.unaccounted(self.lab.program("gateway").output())

    def _gateway_s(self):
        return self._arrangement.gateway_s(self.lab.program("gateway").pid())
