"""Ours with fz-client against wireguard-go at both ends as a plain tunnel, over the same cables."""

from lab.cast import Cast

from . import comparison
from .firezone_tunnel import FirezoneTunnel
from .wireguard_tunnel import WireguardTunnel

NAME = "wireguard_go"
TITLE = "against wireguard-go as a plain tunnel, iperf3 TCP in 4 flows; ratios are ours / theirs"


def cases(_options):
    return {name: comparison.METRICS for name in ("split", "shared")}


def measure(run):
    options = run.options
    program = options.stock("wireguard-go")
    if program is None:
        for case in run.wanted():
            run.skip(case, "FZ_STOCK_PEERS does not name a folder with a new wireguard-go")
        return
    chosen = Cast.of(options.gateway, options.client, options.relay)
    for case in run.wanted():
        with run.attempt(case), run.arrangements[case]() as arrangement:
            run.say(f"{case} arrangement")
            comparison.measure(run, case, arrangement,
                               lambda arranged: FirezoneTunnel(chosen, arranged),
                               lambda arranged: WireguardTunnel(program, arranged))
