"""The receive stage alone: tunnel data taken in through the rings, and through our own sockets.

Frames arrive one by one, as from a network card: a sender with segmentation offload would hand
sockets trains that no wire delivers. Sockets take them with receive offload on and off; the rings
are compared with the better of the two. Needs the split arrangement: all that core 1 does is the
receive stage.
"""

import json

from lab import topology
from lab.lab import Lab

from . import injected, links, load_generator, quiet
from .arrangement import ELSEWHERE_CORE, GATEWAY_CORE, Split

NAME = "steer"
TITLE = "receive stage: frames into a worker, one by one"


def cases(_options):
    return {"injected": injected.METRICS}


def measure(run):
    with run.attempt("injected"), Split() as arrangement, Lab(run.options.cast()) as lab:
        links.send_trains_whole(lab)
        arrangement.place(lab)
        for _ in run.rounds():
            run.add("injected", injected.compare(
                lambda door, offload: _answer(lab, run.options, door, offload)))


def _answer(lab, options, door, receive_offload):
    links.set_receive_offload(lab, receive_offload)
    argv = [load_generator.program(), "steer", "--door", door, *links.injection(lab),
            "--sink-netns", lab.hosts["gateway"].name, "--sink-dev", links.GATEWAY_OUTER,
            "--destination", topology.GATEWAY.host()[0], "--reader-cpu", str(GATEWAY_CORE),
            "--cpu", str(ELSEWHERE_CORE), "--watch-cpus", str(GATEWAY_CORE),
            "--seconds", str(options.seconds)]
    return json.loads(quiet.undisturbed(lambda: lab.on("client", argv, limit_s=options.seconds + 30),
                                        lambda: 0, options.patience))
