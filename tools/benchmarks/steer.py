"""The receive stage alone: tunnel data taken in through the rings, and through our own sockets.

Frames arrive one by one, as from a network card: a sender with segmentation offload would hand
sockets trains that no wire delivers. Sockets take them with receive offload on and off; the rings
are compared with the better of the two. Needs the split arrangement: all that core 1 does is the
receive stage.
"""

import json

from lab import topology
from lab.lab import Lab

from . import links, load_generator, quiet
from .arrangement import ELSEWHERE_CORE, GATEWAY_CORE, Split
from .figures import ratio

NAME = "steer"
TITLE = "receive stage: frames into a worker, one by one"

_INTO = ("internet", "gateway")
# The arguments of each, and whether the interface has receive offload.
_DOORS = {"xdp": (("--door", "xdp"), "on"), "sockets_gro": (("--door", "socket"), "on"),
          "sockets_plain": (("--door", "socket", "--plain"), "off")}


def cases(_options):
    return {"injected": {
        "xdp_vs_sockets": "1",
        **{f"{door}_{figure}": unit for door in _DOORS
           for figure, unit in (("packets_per_cpu_s", "packets/s"), ("lost_share", "1"))}}}


def measure(run):
    with run.attempt("injected"), Split() as arrangement, Lab(run.options.cast()) as lab:
        links.send_trains_whole(lab)
        arrangement.place(lab)
        for _ in run.rounds():
            sample = {}
            for door in _DOORS:
                answer = quiet.undisturbed(lambda: _one(lab, run.options, *_DOORS[door]),
                                           lambda: 0, run.options.patience)
                sample[f"{door}_packets_per_cpu_s"] = answer["arrived"] / _busy_s(answer)
                sample[f"{door}_lost_share"] = answer["lost"] / answer["sent"]
            best = max(sample[f"{door}_packets_per_cpu_s"] for door in _DOORS if door != "xdp")
            run.add("injected", sample | {
                "xdp_vs_sockets": ratio(sample["xdp_packets_per_cpu_s"], best)})


def _one(lab, options, door, receive_offload):
    lab.on("gateway", ["ethtool", "-K", links.GATEWAY_OUTER, "gro", receive_offload])
    host, device = _INTO
    argv = [load_generator.program(), "steer", *door, "--inject-dev", device,
            "--sink-netns", lab.hosts["gateway"].name, "--sink-dev", links.GATEWAY_OUTER,
            "--destination", topology.GATEWAY.host()[0], "--gateway-mac",
            _mac(lab, links.GATEWAY_OUTER), "--reader-cpu", str(GATEWAY_CORE),
            "--cpu", str(ELSEWHERE_CORE), "--watch-cpus", str(GATEWAY_CORE),
            "--seconds", str(options.seconds)]
    return json.loads(lab.on(host, argv, limit_s=options.seconds + 30))


def _busy_s(answer):
    """Its readers come and go faster than the kernel's samples: so, what was not idle."""
    idle_s, = (core["idle_s"] for core in answer["cpus"] if core["cpu"] == GATEWAY_CORE)
    return answer["seconds"] - idle_s


def _mac(lab, device):
    return json.loads(lab.hosts["gateway"].ip("-j", "link", "show", "dev", device))[0]["address"]
