"""Private network to client, ciphertext counted and dropped: what sealing packets costs."""

from . import accounting, stage_costs
from .loaded_gateway import LoadedGateway

NAME = "encrypt"
TITLE = "private network to client, into a load generator"

LOADS = ("tcp1", "tcp8", "udp84")


def cases(_options):
    tcp = stage_costs.UNITS | stage_costs.AEAD_UNITS
    return {"tcp1": tcp, "tcp8": tcp, "udp84": stage_costs.UNITS,
            "accounting": accounting.METRICS}


def measure(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options, arrangement) as gateway:
        for _ in run.rounds():
            run.take(lambda case: _sample(gateway, case), LOADS)
        run.take(lambda _: gateway.unaccounted(), ["accounting"])


def _sample(gateway, case):
    answer = gateway.carry("encrypt", "--case", case)
    if case == "udp84":
        return stage_costs.costs(answer)
    return stage_costs.costs(answer) | stage_costs.against_aead(
        answer, gateway.bare_aead(), "seal")
