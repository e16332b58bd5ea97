"""A gateway between the load generator's two ends: no NAT, no client program, nothing else."""

import contextlib

from lab.lab import Lab
from lab.load_setup import LoadSetup

from . import accounting, links, load_generator, quiet
from .arrangement import GATEWAY_CORE

_AEAD_MEASUREMENTS = 2


class LoadedGateway:
    """Use as a context manager, within its arrangement. The cables carry trains and super-packets
    in one piece."""

    def __init__(self, options, arrangement, **environment):
        self._options = options
        self._arrangement = arrangement
        self._environment = environment

    def __enter__(self):
        load_generator.program()  # before anything is built for it
        with contextlib.ExitStack() as entering:
            self.lab = entering.enter_context(Lab(self._options.cast()))
            self.lab.start_gateway(self._arrangement.gateway_prefix, **self._environment)
            links.send_trains_whole(self.lab)
            self._arrangement.place(self.lab)
            self._setup = LoadSetup(self.lab)
            self._setup.prepare()
            self._leaving = entering.pop_all()
        return self

    def __exit__(self, *exception):
        self._leaving.__exit__(*exception)

    def carry(self, mode, *arguments, peers=1, seconds=None):
        """Runs the load generator in one of its modes and returns its answer; where packets flowed,
        with "cpu_s" beside it: the gateway's processor time in that time. Lasts as long as the
        options say, unless told otherwise."""
        pid = self.lab.program("gateway").pid()
        answer = quiet.undisturbed(
            lambda: self._setup.run(
                mode, *arguments, "--watch-pid", str(pid), "--watch-cpus", str(GATEWAY_CORE),
                peers=peers, seconds=seconds or self._options.seconds),
            lambda: self._arrangement.foreign_s(pid), self._options.patience)
        if answer.get("sink_drops"):
            raise load_generator.LoadFailed(
                f"the sink has overlooked {answer['sink_drops']} packets: the run is void")
        return answer | {"cpu_s": self._arrangement.watched_s(answer)} if "cpus" in answer \
            else answer

    def ns_per_tun_write(self):
        """The bare price of a small packet into a TUN device, on the gateway's host and core."""
        return self._setup.run("tun-writes", seconds=self._options.seconds,
                               cpu=GATEWAY_CORE)["ns_per_write"]

    def bare_aead(self):
        """The prices of one packet, as load_generator.aead tells them, at this moment.

        The better of two measurements: a disturbed one would flatter the gateway.
        """
        taken = [load_generator.aead(self._options.patience) for _ in range(_AEAD_MEASUREMENTS)]
        return {which: min(prices[which] for prices in taken) for which in taken[0]}

    def unaccounted(self):
        """Ends the gateway; see accounting.py."""
        self.lab.stop_gateway()
        return accounting.unaccounted(self.lab.program("gateway").output())
