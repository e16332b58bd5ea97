"""Client to private network, the client's packets sealed in advance: what opening them costs.

The generator keeps the gateway busy: by itself in a closed loop, or regardless of loss at twice the
rate of that.
"""

import contextlib

from . import accounting, injected, links, stage_costs
from .arrangement import Split
from .figures import ratio
from .loaded_gateway import LoadedGateway

NAME = "decrypt"
TITLE = "client to private network, from a load generator"

LOADS = ("tcp1", "tcp8", "udp84")
_OVERLOAD = 2

_TCP_UNITS = stage_costs.AEAD_UNITS | {"segments_per_tun_write": "1"}


def cases(_options):
    return {"tcp1": stage_costs.UNITS | _TCP_UNITS, "tcp8": stage_costs.UNITS | _TCP_UNITS,
            "udp84": stage_costs.UNITS | {"vs_single_tun_write": "1"},
            "overload": {"gbit_per_s": "Gbit/s", "goodput_vs_peak": "1", "offered_vs_peak": "1"},
            "accounting": accounting.METRICS, "injected": injected.METRICS}


def measure(run):
    if set(run.wanted()) - {"injected"}:
        _trains(run)
    if "injected" in run.wanted():
        with run.attempt("injected"):
            _injected(run)


def _trains(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options, arrangement) as gateway:
        for _ in run.rounds():
            run.take(lambda case: _sample(gateway, case), LOADS)
            run.take(lambda _: _overload(gateway), ["overload"])
        run.take(lambda _: gateway.unaccounted(), ["accounting"])


def _injected(run):
    """One TCP flow frame by frame, a gateway for each door."""
    with Split() as arrangement, contextlib.ExitStack() as entering:
        gateways = {door: entering.enter_context(LoadedGateway(
            run.options, arrangement, FIREZONE_DATAPATH=door)) for door in ("xdp", "socket")}
        for _ in run.rounds():
            run.add("injected", injected.compare(
                lambda door, offload: _frames(gateways[door], door, offload)))


def _frames(gateway, door, receive_offload):
    if door == "socket":
        links.set_receive_offload(gateway.lab, receive_offload)
    return injected.carry(gateway)


def _sample(gateway, case):
    answer = gateway.carry("decrypt", "--case", case)
    sample = stage_costs.costs(answer)
    if case == "udp84":
        bare_per_s = 1e9 / gateway.ns_per_tun_write()
        return sample | {"vs_single_tun_write": ratio(answer["pps"], bare_per_s)}
    return sample | stage_costs.against_aead(answer, gateway.bare_aead(), "open") | {
        "segments_per_tun_write": answer["segments_per_skb"]}


def _overload(gateway):
    """What still arrives at twice what the closed loop of the same moment reached. What was really
    offered is told beside it: the generator's core may not manage twice."""
    peak = gateway.carry("decrypt", "--case", "tcp1")
    flood = gateway.carry("decrypt", "--case", "tcp1", "--rate",
                          str(round(_OVERLOAD * peak["pps"])))
    return {"gbit_per_s": flood["gbit_per_s"],
            "goodput_vs_peak": ratio(flood["gbit_per_s"], peak["gbit_per_s"]),
            "offered_vs_peak": ratio(flood["offered_pps"], peak["pps"])}
