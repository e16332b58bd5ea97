"""iperf3 through the whole product: client, NAT, paths, gateway, masquerading, private network.

Loads: TCP in 1, 4 and 8 flows, UDP at a fixed rate; each up and down, on a direct path and through
the relay. With `--against` a second gateway takes every load in turn with the first.
"""

import contextlib

from . import accounting, iperf, transfers
from .figures import ratio
from .firezone_tunnel import PATHS, FirezoneTunnel

NAME = "e2e"
TITLE = "end to end, iperf3"

UDP_BIT_PER_S = 200_000_000
_TCP_FLOWS = (1, 4, 8)
_DIRECTIONS = ("up", "down")

_RATIOS = {"throughput_ratio": "1", "cpu_ratio": "1"}


def cases(options):
    """"direct/tcp4/up" and so on; per path also "idle" and "accounting"."""
    promised = {}
    for path in PATHS:
        promised[f"{path}/idle"] = {"cpu_share": "1"}
        for name in _loads():
            promised[f"{path}/{name}"] = _metrics(name, options)
        promised[f"{path}/accounting"] = accounting.METRICS
    return promised


def measure(run):
    for path in PATHS:
        wanted = run.wanted(f"{path}/")
        if wanted:
            with run.attempt(*wanted), run.arrangement() as arrangement:
                _measure_path(run, path, arrangement)


def _measure_path(run, path, arrangement):
    run.say(f"{path} path, {arrangement.name} arrangement")
    loads = {f"{path}/{name}": load for name, load in _loads().items()}
    with contextlib.ExitStack() as stack:
        tunnels = [stack.enter_context(FirezoneTunnel(chosen, arrangement, path))
                   for chosen in run.options.contenders()]
        for _ in run.rounds():
            for case in run.wanted(f"{path}/idle"):
                run.add(case, {"cpu_share": transfers.idle_share(tunnels[0], run.options)})
            for case in [case for case in run.wanted() if case in loads]:
                with run.attempt(case):
                    run.add(case, _sample(tunnels, loads[case], run.options))
        for case in run.wanted(f"{path}/accounting"):
            with run.attempt(case):
                run.add(case, tunnels[0].unaccounted())


def _loads():
    loads = {}
    for direction in _DIRECTIONS:
        for flows in _TCP_FLOWS:
            loads[f"tcp{flows}/{direction}"] = iperf.Load(direction, flows)
        loads[f"udp/{direction}"] = iperf.Load(direction, udp_bit_per_s=UDP_BIT_PER_S)
    return loads


def _metrics(name, options):
    metrics = dict(transfers.UNITS)
    if name.startswith("udp"):
        metrics["lost_share"] = "1"
    if options.against:
        metrics |= {f"against_{metric}": unit for metric, unit in metrics.items()} | _RATIOS
    return metrics


def _sample(tunnels, load, options):
    ours, *theirs = [_own(tunnel, load, options) for tunnel in tunnels]
    for other in theirs:
        ours |= {f"against_{metric}": value for metric, value in other.items()} | {
            "throughput_ratio": ratio(ours["gbit_per_s"], other["gbit_per_s"]),
            "cpu_ratio": ratio(ours["cpu_s_per_gb"], other["cpu_s_per_gb"])}
    return ours


def _own(tunnel, load, options):
    sample = transfers.sample(tunnel, load, options)
    if load.udp_bit_per_s is None:
        del sample["lost_share"]
    return sample
