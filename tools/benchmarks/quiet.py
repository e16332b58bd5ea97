"""Is anybody else at work on this machine? A figure taken beside a compiler is not one."""

import os
import sys
import time

from . import cpu_time

_LOOK_S = 0.25
# Of one core, all cores together: labs that wait for work take about a tenth of this.
_QUIET_SHARE = 0.1
# What others may do during a measurement, as a share of a core's time.
_DISTURBED_SHARE = 0.1
_ATTEMPTS = 3


def undisturbed(measure, foreign_s, patience_s):
    """Calls `measure` when the machine is quiet, again if others came to work meanwhile; returns
    what the least disturbed call returned.

    `foreign_s` counts the processor time of others. Each call waits for quiet, but not longer than
    `patience_s`.
    """
    taken = []
    while True:
        _wait(patience_s)
        begin, before_s = time.monotonic(), foreign_s()
        result = measure()
        foreign_share = (foreign_s() - before_s) / (time.monotonic() - begin)
        taken.append((foreign_share, len(taken), result))
        if foreign_share <= _DISTURBED_SHARE or len(taken) == _ATTEMPTS:
            return min(taken)[-1]
        print(f"bench: disturbed: others took {foreign_share:.0%} of a core", file=sys.stderr,
              flush=True)


def _wait(patience_s):
    deadline = time.monotonic() + patience_s
    while _busy_cores() > _QUIET_SHARE and time.monotonic() < deadline:
        pass


def _busy_cores():
    """How many cores work, on average over one look."""
    begin, before_s = time.monotonic(), _all_busy_s()
    time.sleep(_LOOK_S)
    return (_all_busy_s() - before_s) / (time.monotonic() - begin)


def _all_busy_s():
    return sum(cpu_time.busy_s(core) for core in range(os.cpu_count()))
