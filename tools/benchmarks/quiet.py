"""Is anybody else at work on this machine? A figure taken beside a compiler is not one."""

import os
import time

from . import cpu_time

_LOOK_S = 0.25
# Of one core, all cores together: labs that wait for work take about a tenth of this.
_QUIET_SHARE = 0.1
# What others may do during a measurement, as a share of a core's time.
DISTURBED_SHARE = 0.1


def wait(patience_s):
    """Returns as soon as the machine is quiet, at the latest after `patience_s`; says whether."""
    deadline = time.monotonic() + patience_s
    while True:
        if _busy_cores() < _QUIET_SHARE:
            return True
        if time.monotonic() > deadline:
            return False


def _busy_cores():
    """How many cores work, on average over one look."""
    begin, before_s = time.monotonic(), _all_busy_s()
    time.sleep(_LOOK_S)
    return (_all_busy_s() - before_s) / (time.monotonic() - begin)


def _all_busy_s():
    return sum(cpu_time.busy_s(core) for core in range(os.cpu_count()))
