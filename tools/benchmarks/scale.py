"""Many peers, and more than one worker: does a packet cost the same?

Peers share one load of bulk packets, each with a flow of its own; they take turns in bursts that
are equally long however many they are, because it is not their mixture that is asked for. Workers
are counted in the shared arrangement, the only one in which two can run at once; each number of
them has its own gateway.
"""

import contextlib

from . import stage_costs
from .arrangement import Shared
from .figures import ratio
from .loaded_gateway import LoadedGateway

NAME = "scale"
TITLE = "many peers, several workers"

PEERS = (1, 100, 1_000, 10_000)
WORKERS = (1, 2)
# Enough that the kernel and the gateway spread them over two queues.
_WORKER_PEERS = 8
_BURST_PACKETS = 16

_UNITS = stage_costs.UNITS | {"packets_per_cpu_s": "packets/s"}


def cases(_options):
    promised = {f"peers{peers}": _UNITS for peers in PEERS}
    promised |= {f"workers{workers}": _UNITS for workers in WORKERS}
    promised["workers2"] = _UNITS | {"cpu_ratio": "1"}
    return promised


def measure(run):
    for peers in PEERS:
        for case in [case for case in run.wanted() if case == f"peers{peers}"]:
            with run.attempt(case), run.arrangement() as arrangement:
                _measure_peers(run, case, peers, arrangement)
    wanted = run.wanted("workers")
    if wanted:
        with run.attempt(*wanted), Shared() as arrangement:
            _measure_workers(run, wanted, arrangement)


def _measure_peers(run, case, peers, arrangement):
    with LoadedGateway(run.options, arrangement) as gateway:
        for _ in run.rounds():
            run.add(case, _sample(gateway, peers))


def _measure_workers(run, wanted, arrangement):
    with contextlib.ExitStack() as stack:
        gateways = {workers: stack.enter_context(LoadedGateway(
            run.options, arrangement, FIREZONE_WORKERS=str(workers))) for workers in WORKERS}
        for _ in run.rounds():
            samples = {f"workers{workers}": _sample(gateway, _WORKER_PEERS)
                       for workers, gateway in gateways.items()}
            one, two = samples["workers1"], samples["workers2"]
            two["cpu_ratio"] = ratio(two["packets_per_cpu_s"], one["packets_per_cpu_s"])
            for case in wanted:
                run.add(case, samples[case])


def _sample(gateway, peers):
    answer = gateway.carry("decrypt", "--case", "tcp1", "--per-peer", str(_BURST_PACKETS),
                           peers=peers)
    return stage_costs.costs(answer) | {
        "packets_per_cpu_s": ratio(answer["packets"], answer["cpu_s"])}
