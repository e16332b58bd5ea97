"""Both doors under frames that arrive one by one: what the rings save.

Sockets take them with receive offload and without; the rings are compared with the better of the
two. Counts core 1 of the split arrangement.
"""

from . import links
from .arrangement import GATEWAY_CORE
from .figures import ratio

# The name of --door and whether the interface has receive offload.
_WAYS = {"xdp": ("xdp", True), "sockets_gro": ("socket", True), "sockets_plain": ("socket", False)}

# Fewer than a veth's queue has room for (256), so that none is lost there.
_FRAMES_IN_FLIGHT = 192

METRICS = {"xdp_vs_sockets": "1",
           **{f"{way}_{figure}": unit for way in _WAYS
              for figure, unit in (("packets_per_cpu_s", "packets/s"), ("lost_share", "1"))}}


def compare(measure):
    """One sample of METRICS. `measure(door, receive_offload)` lets frames flow and returns what
    fz-load has told."""
    sample = {}
    for way, arguments in _WAYS.items():
        answer = measure(*arguments)
        sample[f"{way}_packets_per_cpu_s"] = answer["packets"] / busy_s(answer)
        sample[f"{way}_lost_share"] = answer["lost"] / answer["sent"]
    best = max(sample[f"{way}_packets_per_cpu_s"] for way in _WAYS if way != "xdp")
    return sample | {"xdp_vs_sockets": ratio(sample["xdp_packets_per_cpu_s"], best)}


def carry(gateway, *arguments, **options):
    """One TCP flow towards the private network, frame by frame; `gateway` is a LoadedGateway."""
    return gateway.carry("decrypt", "--case", "tcp1", *links.injection(gateway.lab),
                         "--window", str(_FRAMES_IN_FLIGHT), "--per-peer", "1", *arguments,
                         **options)


def busy_s(answer):
    """Readers come and go faster than the kernel's samples: so, what was not idle."""
    idle_s, = (core["idle_s"] for core in answer["cpus"] if core["cpu"] == GATEWAY_CORE)
    return answer["watched_seconds"] - idle_s
