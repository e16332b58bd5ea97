"""Packets that are lost when the way in changes under load: from the rings to sockets and back.

A changed MTU costs the gateway its XDP path; a moment later it opens it again. Frames arrive one by
one meanwhile, at half the rate that the gateway reaches.
"""

import concurrent.futures

from . import injected, links
from .arrangement import Split
from .loaded_gateway import LoadedGateway

NAME = "switch"
TITLE = "from one door to the other under load"

_LOAD = 0.5
_MTUS = (1400, 1500)
_CHANGES = 2 * len(_MTUS)
_CHANGE_LIMIT_S = 10
# Between two changes some seconds pass; a run of packets lasts longer than any of them.
_SECONDS = 16
_CHUNK_MB = 1024
_THROUGH = {"xdp": "packets come through XDP", "sockets": "packets come through sockets"}


def cases(_options):
    return {"load50": {"lost_ms": "ms", "lost": "packets", "changes": "1",
                       "sent_pps": "packets/s"}}


def measure(run):
    with run.attempt("load50"), Split() as arrangement, LoadedGateway(
            run.options, arrangement, FIREZONE_DATAPATH="xdp") as gateway:
        for number in run.rounds():
            run.add("load50", _sample(gateway, (number - 1) * len(_MTUS)))


def _sample(gateway, already):
    """`already` counts the changes of MTU that this gateway has seen before."""
    peak = injected.carry(gateway)["pps"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        load = pool.submit(injected.carry, gateway, "--rate", str(round(_LOAD * peak)),
                           "--chunk-mb", str(_CHUNK_MB), seconds=_SECONDS)
        for count, mtu in enumerate(_MTUS, start=already + 1):
            gateway.lab.on("gateway", ["ip", "link", "set", links.GATEWAY_OUTER, "mtu", str(mtu)])
            log = gateway.lab.program("gateway")
            log.wait_for_output(_THROUGH["sockets"], _CHANGE_LIMIT_S, times=count)
            log.wait_for_output(_THROUGH["xdp"], _CHANGE_LIMIT_S, times=count + 1)
        if load.done():
            raise RuntimeError("the load ended before the last change")
        answer = load.result()
    lost = answer["lost"] - answer["refused"]  # what never left its sender is nobody's loss
    sent_per_s = (answer["sent"] - answer["refused"]) / answer["seconds"]
    return {"lost_ms": lost / sent_per_s * 1e3 / _CHANGES, "lost": lost, "changes": _CHANGES,
            "sent_pps": sent_per_s}
