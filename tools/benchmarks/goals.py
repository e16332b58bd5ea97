"""What is to be reached: for some metrics a value that must be, and one that we aim for."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """Bounds in the metric's unit; `at_most` says that less is better."""

    must: float
    aim: float
    at_most: bool = False

    def judge(self, value):
        """"aim", "must" or "missed"."""
        for name, bound in (("aim", self.aim), ("must", self.must)):
            if value <= bound if self.at_most else value >= bound:
                return name
        return "missed"


GOALS = {
    "decrypt/tcp1/fraction_of_aead": Goal(0.40, 0.57),
    "encrypt/tcp1/fraction_of_aead": Goal(0.45, 0.63),
    "decrypt/tcp1/aead_cpu_share": Goal(0.35, 0.55),
    "decrypt/tcp1/segments_per_tun_write": Goal(20, 45),
    "decrypt/udp84/vs_single_tun_write": Goal(0.6, 0.9),
    "decrypt/overload/goodput_vs_peak": Goal(0.8, 0.95),
    "steer/injected/xdp_vs_sockets": Goal(1.3, 2.0),
    "decrypt/injected/xdp_vs_sockets": Goal(1.15, 1.4),
    **{f"auto/{topology}/vs_best": Goal(0.95, 1.0)
       for topology in ("trains", "frames", "direct", "relayed")},
    "switch/load50/lost_ms": Goal(100, 0, at_most=True),
    "latency/idle/p50_us": Goal(40, 20, at_most=True),
    "latency/idle/p99_us": Goal(200, 100, at_most=True),
    "scale/workers2/cpu_ratio": Goal(0.85, 0.95),
    "against/split/up_cpu_ratio": Goal(0.30, 0.15, at_most=True),
    "against/split/down_cpu_ratio": Goal(0.40, 0.25, at_most=True),
    "against/shared/up_cpu_ratio": Goal(0.20, 0.08, at_most=True),
    "against/shared/down_cpu_ratio": Goal(0.35, 0.15, at_most=True),
    "against/shared/throughput_ratio": Goal(1.4, 1.65),
    "wireguard_go/split/up_cpu_ratio": Goal(0.7, 0.4, at_most=True),
    "wireguard_go/split/down_cpu_ratio": Goal(0.6, 0.3, at_most=True)}
# Wherever these are counted.
_NONE_AT_ALL = Goal(0, 0, at_most=True)


def goal_of(row):
    """The goal of a row of results.py; None where there is none."""
    if row.metric == "reordered" or row.metric.endswith("_unaccounted"):
        return _NONE_AT_ALL
    return GOALS.get(row.name())
