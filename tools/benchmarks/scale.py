"""Many peers, and more than one worker: does a packet cost the same?

Peers share one load of bulk packets, each its part. Workers are counted in the shared arrangement,
the only one in which two can run at once; each number of workers has a gateway of its own.
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
_UNITS = stage_costs.UNITS | {"packets_per_cpu_s": "packets/s"}


def cases(_options):
    promised = {f"peers{peers}": _UNITS for peers in PEERS}
    promised |= {f"workers{workers}": _UNITS for workers in WORKERS}
    promised["workers2"] = _UNITS | {"cpu_ratio": "1"}
    return promised


def measure(run):
    for peers in PEERS:
        for case in [case for case in run.wanted() if case == f"peers{peers}"]:
            with run.attempt(case), run.arrangement() as arrangement, LoadedGateway(
                    run.options.cast(), arrangement, peers) as gateway:
                for _ in run.rounds():
                    run.add(case, _sample(gateway, run.options, peers))
    wanted = run.wanted("workers")
    if wanted:
        with run.attempt(*wanted):
            _measure_workers(run, wanted)


def _measure_workers(run, wanted):
    with contextlib.ExitStack() as stack:
        arrangement = stack.enter_context(Shared())
        gateways = {workers: stack.enter_context(LoadedGateway(
            run.options.cast(), arrangement, _WORKER_PEERS, FIREZONE_WORKERS=str(workers)))
            for workers in WORKERS}
        for _ in run.rounds():
            samples = {f"workers{workers}": _sample(gateway, run.options, _WORKER_PEERS)
                       for workers, gateway in gateways.items()}
            one, two = samples["workers1"], samples["workers2"]
            two["cpu_ratio"] = ratio(two["packets_per_cpu_s"], one["packets_per_cpu_s"])
            for case in wanted:
                run.add(case, samples[case])


def _sample(gateway, options, flows):
    answer = gateway.carry(options, do="decrypt", flow="tcp", flows=flows,
                           inner_bytes=stage_costs.BULK_BYTES)
    return stage_costs.costs(answer) | {
        "packets_per_cpu_s": ratio(answer["received"], answer["cpu_s"])}
