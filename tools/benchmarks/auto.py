"""What `auto` chooses, against the better of the two doors, in every topology we have.

`trains`: a load generator on a virtual cable that carries trains in one piece. `frames`: frames one
by one, as on a network card; the interface is named, because a cable is not a network card and
`auto` would leave it alone. `direct` and `relayed`: iperf3 through the whole product, up and down.
Counts the gateway's host in the split arrangement.
"""

import contextlib

from lab.cast import Cast

from . import injected, iperf, links, transfers
from .arrangement import Split
from .figures import ratio
from .firezone_tunnel import PATHS, FirezoneTunnel
from .loaded_gateway import LoadedGateway

NAME = "auto"
TITLE = "the door that auto chooses against the better one (above 1: cheaper than both)"

_DOORS = ("auto", "xdp", "socket")
_FLOWS = 4
METRICS = {"vs_best": "1", **{f"{door}_cpu_s_per_gb": "s/GB" for door in _DOORS}}


def cases(_options):
    return {topology: METRICS for topology in ("trains", "frames", *PATHS)}


def measure(run):
    for topology in run.wanted():
        with run.attempt(topology), Split() as arrangement, contextlib.ExitStack() as entering:
            run.say(topology)
            costs = {door: _PREPARE[topology](run.options, arrangement, entering, door)
                     for door in _DOORS}
            for _ in run.rounds():
                run.add(topology, _compare({door: cost() for door, cost in costs.items()}))


def _compare(costs):
    best = min(costs[door] for door in _DOORS if door != "auto")
    return {"vs_best": ratio(best, costs["auto"])} | {
        f"{door}_cpu_s_per_gb": cost for door, cost in costs.items()}


def _trains(options, arrangement, entering, door):
    gateway = entering.enter_context(
        LoadedGateway(options, arrangement, FIREZONE_DATAPATH=door))
    return lambda: _cost_of_load(gateway.carry("decrypt", "--case", "tcp1"))


def _frames(options, arrangement, entering, door):
    gateway = entering.enter_context(LoadedGateway(
        options, arrangement, FIREZONE_DATAPATH=door, FIREZONE_XDP_INTERFACE=links.GATEWAY_OUTER))
    return lambda: _cost_of_load(injected.carry(gateway))


def _cost_of_load(answer):
    return injected.busy_s(answer) / (answer["bytes"] / 1e9)


def _through_product(path):
    def prepare(options, arrangement, entering, door):
        cast = Cast.of(options.gateway, options.client, options.relay, datapath=door)
        tunnel = entering.enter_context(FirezoneTunnel(cast, arrangement, path))
        return lambda: _cost_of_transfers(tunnel, options)
    return prepare


def _cost_of_transfers(tunnel, options):
    samples = [transfers.sample(tunnel, iperf.Load(direction, _FLOWS), options)
               for direction in ("up", "down")]
    moved = sum(sample["gbit_per_s"] for sample in samples)
    return sum(sample["cpu_s_per_gb"] * sample["gbit_per_s"] for sample in samples) / moved


_PREPARE = {"trains": _trains, "frames": _frames,
            **{path: _through_product(path) for path in PATHS}}
