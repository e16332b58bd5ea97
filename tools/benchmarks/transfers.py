"""What one transfer through a tunnel costs the gateway: the sample all iperf3 benchmarks share."""

import sys
import time

from . import iperf, quiet

UNITS = {"gbit_per_s": "Gbit/s", "cpu_s_per_gb": "s/GB", "cpu_share": "1"}

_ATTEMPTS = 3


def sample(tunnel, load, options):
    """{metric: value} as in UNITS, and `lost_share`.

    A sample beside which others were at work is taken again; the last attempt counts anyway.
    """
    for _ in range(_ATTEMPTS):
        quiet.wait(options.patience)
        taken, foreign_share = _sample(tunnel, load, options.seconds)
        if foreign_share <= quiet.DISTURBED_SHARE:
            break
        print(f"bench: disturbed: others took {foreign_share:.0%} of a core", file=sys.stderr,
              flush=True)
    return taken


def _sample(tunnel, load, seconds):
    """Processor time is all that passed from the first to the last packet, bytes are all that
    arrived, so that neither needs to be cut in time with the other. A GB is 10^9 bytes."""
    begin, before_s, foreign_before_s = time.monotonic(), tunnel.gateway_s(), tunnel.foreign_s()
    moved = iperf.transfer(tunnel.lab, tunnel.address, load, seconds)
    cpu_s, wall_s = tunnel.gateway_s() - before_s, time.monotonic() - begin
    return {"gbit_per_s": moved.gbit_per_s(), "cpu_s_per_gb": cpu_s / (moved.bytes / 1e9),
            "cpu_share": cpu_s / wall_s, "lost_share": moved.lost_share}, (
                tunnel.foreign_s() - foreign_before_s) / wall_s


def idle_share(tunnel, options):
    """The share of a core that the gateway takes while nothing is asked of it."""
    quiet.wait(options.patience)
    begin, before_s = time.monotonic(), tunnel.gateway_s()
    time.sleep(options.seconds)
    return (tunnel.gateway_s() - before_s) / (time.monotonic() - begin)
