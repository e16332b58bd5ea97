"""Client to private network, the client's packets sealed in advance: what opening them costs.

The gateway has one core (or, in the shared arrangement, whatever it takes), and the generator keeps
it busy: by itself in a closed loop, or regardless of loss at twice the rate of that.
"""

from . import accounting, load_generator, stage_costs
from .figures import ratio
from .loaded_gateway import LoadedGateway

NAME = "decrypt"
TITLE = "client to private network, from a load generator"

_LOADS = {"tcp1": {"flow": "tcp", "flows": 1, "inner_bytes": stage_costs.BULK_BYTES},
          "tcp8": {"flow": "tcp", "flows": 8, "inner_bytes": stage_costs.BULK_BYTES},
          "udp84": {"flow": "udp", "flows": 1, "inner_bytes": stage_costs.SMALL_BYTES}}
_TCP_UNITS = stage_costs.AEAD_UNITS | {"segments_per_tun_write": "1"}
_OVERLOAD = 2


def cases(_options):
    common = stage_costs.UNITS | {"reordered": "packets"}
    return {"tcp1": common | _TCP_UNITS, "tcp8": common | _TCP_UNITS,
            "udp84": common | {"vs_single_tun_write": "1"},
            "overload": {"gbit_per_s": "Gbit/s", "goodput_vs_peak": "1"},
            "accounting": accounting.METRICS}


def measure(run):
    with run.arrangement() as arrangement, LoadedGateway(run.options.cast(), arrangement) as gateway:
        for _ in run.rounds():
            for case in [case for case in run.wanted() if case in _LOADS]:
                with run.attempt(case):
                    run.add(case, _sample(gateway, arrangement, run.options, _LOADS[case]))
            for case in run.wanted("overload"):
                with run.attempt(case):
                    run.add(case, _overload(gateway, run.options))
        for case in run.wanted("accounting"):
            with run.attempt(case):
                run.add(case, gateway.unaccounted())


def _sample(gateway, arrangement, options, load):
    answer = gateway.carry(options, do="decrypt", **load)
    sample = stage_costs.costs(answer) | {"reordered": answer["reordered"]}
    if load["flow"] == "udp":
        bare = load_generator.tun_writes(gateway.lab, arrangement.gateway_prefix,
                                         load["inner_bytes"], options.seconds)
        bare_per_s = ratio(bare["writes"], bare["seconds"])
        return sample | {"vs_single_tun_write": ratio(sample["packets_per_s"], bare_per_s)}
    aead_ns = stage_costs.fastest_ns(load_generator.aead(), "open_ns")
    return sample | stage_costs.against_aead(answer, aead_ns) | {
        "segments_per_tun_write": ratio(answer["received"], answer["super_packets"])}


def _overload(gateway, options):
    """What still arrives at twice what the closed loop of the same moment reached."""
    peak = stage_costs.costs(gateway.carry(options, do="decrypt", **_LOADS["tcp1"]))
    flood = stage_costs.costs(gateway.carry(
        options, do="decrypt", packets_per_s=_OVERLOAD * peak["packets_per_s"], **_LOADS["tcp1"]))
    return {"gbit_per_s": flood["gbit_per_s"],
            "goodput_vs_peak": ratio(flood["gbit_per_s"], peak["gbit_per_s"])}
