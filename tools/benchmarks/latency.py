"""What the tunnel adds to a round trip: against the same cables without it, idle and under load.

The load is 80 % of what the closed loop of the same session reaches. Added is the difference of the
percentiles.
"""

from lab import topology

from .loaded_gateway import LoadedGateway

NAME = "latency"
TITLE = "round trip through the tunnel, less that of the same cables without it"

_PERCENTILES = ("p50_us", "p99_us", "p999_us")
_WAYS = ("tunnel", "plain")
_LOAD_SHARE = 0.8
# Enough of them for a percentile of a tenth of a percent, too few to be a load.
_PROBES = ("--target", topology.OPEN.host()[0], "--rate", "500")


def cases(_options):
    metrics = {metric: "us" for metric in _PERCENTILES} | {
        f"{way}_{metric}": "us" for way in _WAYS for metric in _PERCENTILES}
    return {"idle": metrics, "load80": metrics | {"load_gbit_per_s": "Gbit/s"}}


def measure(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options, arrangement) as gateway:
        for _ in run.rounds():
            for case in run.wanted():
                with run.attempt(case):
                    run.add(case, _idle(gateway) if case == "idle" else _loaded(gateway))


def _idle(gateway):
    return added(gateway.carry("latency", *_PROBES),
                 gateway.carry("latency", *_PROBES, "--plain", peers=0))


def _loaded(gateway):
    peak = gateway.carry("decrypt", "--case", "tcp1")["gbit_per_s"]
    tunnel = gateway.carry("latency", *_PROBES, "--load-gbit", f"{_LOAD_SHARE * peak:.3f}",
                           peers=2)
    plain = gateway.carry("latency", *_PROBES, "--plain", peers=0)
    return added(tunnel, plain) | {"load_gbit_per_s": tunnel["load"]["gbit_per_s"]}


def added(tunnel, plain):
    """The percentiles of both ways, and their differences."""
    sample = {metric: tunnel[metric] - plain[metric] for metric in _PERCENTILES}
    for way, answer in zip(_WAYS, (tunnel, plain)):
        sample |= {f"{way}_{metric}": answer[metric] for metric in _PERCENTILES}
    return sample
