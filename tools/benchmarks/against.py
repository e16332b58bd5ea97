"""Ours against another gateway, by default the stock one: same client, same relay, same lab."""

from lab.cast import Cast

from . import comparison
from .firezone_tunnel import FirezoneTunnel

NAME = "against"
TITLE = "against another gateway, iperf3 TCP in 4 flows; ratios are ours / theirs"


def cases(_options):
    """Both arrangements, whatever the session's default is."""
    return {name: comparison.METRICS for name in ("split", "shared")}


def measure(run):
    options = run.options
    opponent = options.opponent()
    if opponent is None:
        for case in run.wanted():
            run.skip(case, "FZ_STOCK_PEERS does not name a folder with the stock programs, "
                           "and there is no --against")
        return
    client = options.client or options.stock("firezone-headless-client")
    relay = options.relay or options.stock("firezone-relay")
    ours, theirs = (_tunnel(Cast.of(gateway, client, relay, datapath=options.datapath))
                    for gateway in (options.gateway, opponent))
    for case in run.wanted():
        with run.attempt(case), run.arrangements[case]() as arrangement:
            run.say(f"{case} arrangement")
            comparison.measure(run, case, arrangement, ours, theirs)


def _tunnel(chosen):
    return lambda arrangement: FirezoneTunnel(chosen, arrangement)
