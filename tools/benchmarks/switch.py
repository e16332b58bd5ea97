"""Packets that are lost when the way in changes under load: from the rings to sockets and back.

On request, as `fz-stat datapath` makes it. Frames arrive one by one meanwhile, at half the rate that
the gateway reaches.
"""

import concurrent.futures
import time

from lab.cast import binaries

from . import injected
from .arrangement import Split
from .loaded_gateway import LoadedGateway

NAME = "switch"
TITLE = "from one door to the other under load"

_LOAD = 0.5
_CHANGES = ("socket", "xdp", "socket", "xdp")
_BETWEEN_CHANGES_S = 2
_SECONDS = 4 + _BETWEEN_CHANGES_S * len(_CHANGES)
# Packets flow without a pause for longer than the time between two changes.
_CHUNK_MB = 1024


def cases(_options):
    return {"load50": {"lost_ms": "ms", "lost": "packets", "changes": "1",
                       "sent_pps": "packets/s"}}


def measure(run):
    with run.attempt("load50"), Split() as arrangement, LoadedGateway(
            run.options, arrangement, FIREZONE_DATAPATH="xdp") as gateway:
        for _ in run.rounds():
            run.add("load50", _sample(gateway))


def _sample(gateway):
    peak = injected.carry(gateway)["pps"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        load = pool.submit(injected.carry, gateway, "--rate", str(round(_LOAD * peak)),
                           "--chunk-mb", str(_CHUNK_MB), seconds=_SECONDS)
        for door in _CHANGES:
            time.sleep(_BETWEEN_CHANGES_S)
            gateway.lab.on("gateway", [str(binaries() / "fz-stat"), "datapath", door])
        if load.done():
            raise RuntimeError("the load ended before the last change")
        answer = load.result()
    lost = answer["lost"] - answer["refused"]  # what never left its sender is nobody's loss
    sent_per_s = (answer["sent"] - answer["refused"]) / answer["seconds"]
    return {"lost_ms": lost / sent_per_s * 1e3 / len(_CHANGES), "lost": lost,
            "changes": len(_CHANGES), "sent_pps": sent_per_s}
