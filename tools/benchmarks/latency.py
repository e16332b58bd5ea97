"""What the tunnel adds to a round trip: against the same cables without it, idle and under load.

The load is 80 % of the packets that the closed loop of the same session reaches.
"""

from . import stage_costs
from .figures import percentile
from .loaded_gateway import LoadedGateway

NAME = "latency"
TITLE = "round trip through the tunnel, less that of the same cables without it"

_PERCENTILES = {"p50_us": 0.5, "p99_us": 0.99, "p99.9_us": 0.999}
_PER_S = 1000
_LOAD_SHARE = 0.8
_BULK = {"flow": "tcp", "flows": 1, "inner_bytes": stage_costs.BULK_BYTES}


def cases(_options):
    added = {metric: "us" for metric in _PERCENTILES}
    both = added | {f"{way}_{metric}": "us" for way in ("tunnel", "plain") for metric in added}
    return {"idle": both, "load80": both | {"load_gbit_per_s": "Gbit/s"}}


def measure(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options.cast(), arrangement) as gateway:
        for _ in run.rounds():
            for case in run.wanted():
                with run.attempt(case):
                    run.add(case, _idle(gateway, run.options) if case == "idle"
                            else _loaded(gateway, run.options))


def _idle(gateway, options, **load):
    tunnel = gateway.carry(options, do="round_trips", per_s=_PER_S, **load)["round_trips_us"]
    plain = gateway.carry(options, do="round_trips", per_s=_PER_S, plain=True)["round_trips_us"]
    return added(tunnel, plain)


def _loaded(gateway, options):
    peak = gateway.carry(options, do="decrypt", **_BULK)
    rate = _LOAD_SHARE * stage_costs.costs(peak)["packets_per_s"]
    sample = _idle(gateway, options, background=_BULK | {"packets_per_s": rate})
    return sample | {"load_gbit_per_s": rate * stage_costs.BULK_BYTES * 8 / 1e9}


def added(tunnel, plain):
    """Percentiles of both ways and their differences, of round trips in us."""
    sample = {}
    tunnel, plain = sorted(tunnel), sorted(plain)
    for metric, share in _PERCENTILES.items():
        through, beside = percentile(tunnel, share), percentile(plain, share)
        sample |= {metric: through - beside, f"tunnel_{metric}": through, f"plain_{metric}": beside}
    return sample
