"""A gateway between the load generator's two ends: no NAT, no client program, nothing else."""

import contextlib

from lab.lab import Lab

from . import accounting, load_generator, quiet


class LoadedGateway:
    """Use as a context manager, within its arrangement. The cables keep their offloads."""

    def __init__(self, options, arrangement, **environment):
        self._options = options
        self._arrangement = arrangement
        self._environment = environment

    def __enter__(self):
        load_generator.program()  # before anything is built for it
        with contextlib.ExitStack() as entering:
            self.lab = entering.enter_context(Lab(self._options.cast()))
            self.lab.start_gateway(self._arrangement.gateway_prefix, **self._environment)
            self._arrangement.place(self.lab)
            from lab.load_setup import LoadSetup
            self._setup = LoadSetup(self.lab)
            self._leaving = entering.pop_all()
        return self

    def __exit__(self, *exception):
        self._leaving.__exit__(*exception)
