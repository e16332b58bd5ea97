"""Two tunnels, ours and theirs, under the same load in turn: the figures of both and their ratios.

The load is iperf3 TCP in 4 flows, up and down. Both tunnels stand side by side, each in a lab of
its own; while one carries, the other is idle.
"""

import contextlib

from . import iperf, transfers
from .figures import ratio

FLOWS = 4
DIRECTIONS = ("up", "down")
_SIDES = ("ours", "theirs")
_FIGURES = {"gbit_per_s": "Gbit/s", "s_per_gb": "s/GB"}

# Ratios are ours / theirs. `throughput_ratio` is of the sums of both directions.
METRICS = {
    "throughput_ratio": "1",
    **{f"{direction}_cpu_ratio": "1" for direction in DIRECTIONS},
    **{f"{direction}_throughput_ratio": "1" for direction in DIRECTIONS},
    **{f"{side}_{direction}_{figure}": unit for side in _SIDES for direction in DIRECTIONS
       for figure, unit in _FIGURES.items()},
    **{f"{side}_idle_cpu_share": "1" for side in _SIDES}}


def measure(run, case, arrangement, ours, theirs):
    """`ours` and `theirs` make a tunnel in an arrangement: a context manager that has a `lab`,
    an `address` to reach through it, `gateway_s` and `foreign_s`. The case has METRICS."""
    with contextlib.ExitStack() as stack:
        tunnels = {side: stack.enter_context(make(arrangement))
                   for side, make in zip(_SIDES, (ours, theirs))}
        for _ in run.rounds():
            run.add(case, _one_round(tunnels, run.options))
        run.add(case, {f"{side}_idle_cpu_share": transfers.idle_share(tunnel, run.options)
                       for side, tunnel in tunnels.items()})


def _one_round(tunnels, options):
    metrics = {}
    for direction in DIRECTIONS:
        for side, tunnel in tunnels.items():
            sample = transfers.sample(tunnel, iperf.Load(direction, FLOWS), options)
            metrics[f"{side}_{direction}_gbit_per_s"] = sample["gbit_per_s"]
            metrics[f"{side}_{direction}_s_per_gb"] = sample["cpu_s_per_gb"]
        metrics[f"{direction}_throughput_ratio"] = _ratio(metrics, f"{direction}_gbit_per_s")
        metrics[f"{direction}_cpu_ratio"] = _ratio(metrics, f"{direction}_s_per_gb")
    ours, theirs = (sum(metrics[f"{side}_{direction}_gbit_per_s"] for direction in DIRECTIONS)
                    for side in _SIDES)
    return metrics | {"throughput_ratio": ratio(ours, theirs)}


def _ratio(metrics, figure):
    return ratio(metrics[f"ours_{figure}"], metrics[f"theirs_{figure}"])
