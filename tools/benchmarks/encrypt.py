"""Private network to client, ciphertext counted and dropped: what sealing packets costs."""

from . import accounting, load_generator, stage_costs
from .loaded_gateway import LoadedGateway

NAME = "encrypt"
TITLE = "private network to client, into a load generator"

_LOADS = {"tcp1": {"flow": "tcp", "flows": 1, "inner_bytes": stage_costs.BULK_BYTES},
          "tcp8": {"flow": "tcp", "flows": 8, "inner_bytes": stage_costs.BULK_BYTES},
          "udp84": {"flow": "udp", "flows": 1, "inner_bytes": stage_costs.SMALL_BYTES}}


def cases(_options):
    common = stage_costs.UNITS | {"reordered": "packets"}
    return {"tcp1": common | stage_costs.AEAD_UNITS, "tcp8": common | stage_costs.AEAD_UNITS,
            "udp84": common, "accounting": accounting.METRICS}


def measure(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options.cast(), arrangement) as gateway:
        for _ in run.rounds():
            for case in [case for case in run.wanted() if case in _LOADS]:
                with run.attempt(case):
                    run.add(case, _sample(gateway, run.options, _LOADS[case]))
        for case in run.wanted("accounting"):
            with run.attempt(case):
                run.add(case, gateway.unaccounted())


def _sample(gateway, options, load):
    answer = gateway.carry(options, do="encrypt", **load)
    sample = stage_costs.costs(answer) | {"reordered": answer["reordered"]}
    if load["flow"] == "udp":
        return sample
    aead_ns = stage_costs.fastest_ns(load_generator.aead(), "seal_ns")
    return sample | stage_costs.against_aead(answer, aead_ns)
