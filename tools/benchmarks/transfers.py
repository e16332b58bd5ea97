"""What one transfer through a tunnel costs the gateway: the sample all iperf3 benchmarks share."""

import time

from . import iperf, quiet

UNITS = {"gbit_per_s": "Gbit/s", "cpu_s_per_gb": "s/GB", "cpu_share": "1"}


def sample(tunnel, load, options):
    """{metric: value} as in UNITS, and `lost_share`."""
    return quiet.undisturbed(lambda: _sample(tunnel, load, options.seconds), tunnel.foreign_s,
                             options.patience)


def _sample(tunnel, load, seconds):
    """Processor time is all that passed from the first to the last packet, bytes are all that
    arrived, so that neither needs to be cut in time with the other. A GB is 10^9 bytes."""
    begin, before_s = time.monotonic(), tunnel.gateway_s()
    moved = iperf.transfer(tunnel.lab, tunnel.address, load, seconds)
    cpu_s, wall_s = tunnel.gateway_s() - before_s, time.monotonic() - begin
    return {"gbit_per_s": moved.gbit_per_s(), "cpu_s_per_gb": cpu_s / (moved.bytes / 1e9),
            "cpu_share": cpu_s / wall_s, "lost_share": moved.lost_share}


def idle_share(tunnel, options):
    """The share of a core that the gateway takes while nothing is asked of it."""
    return quiet.undisturbed(lambda: _idle_share(tunnel, options.seconds), tunnel.foreign_s,
                             options.patience)


def _idle_share(tunnel, seconds):
    begin, before_s = time.monotonic(), tunnel.gateway_s()
    time.sleep(seconds)
    return (tunnel.gateway_s() - before_s) / (time.monotonic() - begin)
