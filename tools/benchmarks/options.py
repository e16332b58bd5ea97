"""What the person at the keyboard wants measured, and with which programs."""

import argparse
import dataclasses
import os
import pathlib

from lab.cast import REPOSITORY, Cast

from .arrangement import ARRANGEMENTS
from .catalogue import BENCHMARKS

_RUNS = 5
_SECONDS = 4
_QUICK_SECONDS = 1
_PATIENCE_S = 5


@dataclasses.dataclass(frozen=True)
class Options:
    """Everything the benchmarks may ask; `seconds` is the length of one load, in whole seconds."""

    runs: int = _RUNS
    seconds: int = _SECONDS
    patience: float = _PATIENCE_S
    quick: bool = False
    arrangement: str = "split"
    only: tuple = ()
    gateway: str | None = None
    against: str | None = None
    client: str | None = None
    relay: str | None = None
    datapath: str = "auto"
    json: str | None = None
    plots: pathlib.Path | None = None

    def wants(self, bench, case):
        """`only` names benchmarks, or beginnings of cases up to a slash."""
        name = f"{bench}/{case}/"
        return not self.only or any(name.startswith(f"{wish.strip('/')}/") for wish in self.only)

    def cast(self):
        return Cast.of(self.gateway, self.client, self.relay, datapath=self.datapath)

    def contenders(self):
        """Who takes the same loads in turn: ours, and with --against the other."""
        gateways = [self.gateway, self.against] if self.against else [self.gateway]
        return [Cast.of(gateway, self.client, self.relay, datapath=self.datapath)
                for gateway in gateways]

    def opponent(self):
        """The gateway to be measured against; None when there is none."""
        return self.against or self.stock("firezone-gateway")

    def stock(self, program):
        """One of upstream's own programs; None where they are not at hand."""
        folder = os.environ.get("FZ_STOCK_PEERS")
        path = pathlib.Path(folder).resolve() / program if folder else None
        return str(path) if path and os.access(path, os.X_OK) else None


def parse():
    parser = _parser()
    given = parser.parse_args()
    if given.list:
        _list()
        parser.exit()
    if given.runs is not None and given.runs < 1:
        parser.error("--runs takes a number from 1")
    chosen = Options(
        runs=given.runs or (1 if given.quick else _RUNS),
        seconds=_QUICK_SECONDS if given.quick else _SECONDS,
        **{name: getattr(given, name) for name in (
            "patience", "quick", "arrangement", "gateway", "against", "client", "relay",
            "datapath", "json", "plots")},
        only=tuple(given.only))
    for wish in chosen.only:
        if not any(Options(only=(wish,)).wants(bench.NAME, case)
                   for bench in BENCHMARKS for case in bench.cases(chosen)):
            parser.error(f"there is no benchmark or case {wish}; --list names them all")
    for program in (chosen.gateway, chosen.against, chosen.client, chosen.relay):
        if program is not None and not os.access(program, os.X_OK):
            parser.error(f"not there or not executable: {program}")
    return chosen


def _list():
    for bench in BENCHMARKS:
        print(f"{bench.NAME}: {bench.TITLE}")
        for case, metrics in bench.cases(Options()).items():
            print(f"  {bench.NAME}/{case}: {', '.join(metrics)}")


def _parser():
    parser = argparse.ArgumentParser(
        prog="tools/bench", description="Measures the gateway in network namespaces. Figures are "
        "medians of interleaved runs; ratios are made within one run.")
    parser.add_argument("--list", action="store_true", help="name all benchmarks and their cases")
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="a benchmark (e2e) or some of its cases (e2e/direct/tcp4); repeatable")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--plots", metavar="DIR", type=pathlib.Path,
                        default=REPOSITORY / "build/bench",
                        help="folder of the plots, one SVG per table (default: build/bench)")
    parser.add_argument("--runs", type=int, metavar="N", help=f"default: {_RUNS}")
    parser.add_argument("--patience", type=float, default=_PATIENCE_S, metavar="S",
                        help="how long to wait before a load for a machine on which nobody else "
                             f"is at work (default: {_PATIENCE_S} s)")
    parser.add_argument("--quick", action="store_true",
                        help="very short loads, one run: shows that it works, not how fast")
    parser.add_argument("--arrangement", choices=sorted(ARRANGEMENTS), default="split",
                        help="split: the gateway has core 1 for itself and all work of that core "
                             "counts; shared: the gateway process's own time (default: split)")
    parser.add_argument("--gateway", metavar="PATH", help="default: this project's, as built")
    parser.add_argument("--datapath", choices=("auto", "xdp", "xdp-generic", "socket"),
                        default="auto", help="what our gateway's packets come in through "
                        "(default: auto, which is socket on the lab's virtual cables)")
    parser.add_argument("--against", metavar="PATH",
                        help="another gateway that takes the same loads in turn (default: for "
                             "the benchmark `against` the stock gateway in FZ_STOCK_PEERS)")
    parser.add_argument("--client", metavar="PATH",
                        help="default: fz-client; in `against` the stock client")
    parser.add_argument("--relay", metavar="PATH",
                        help="default: coturn; in `against` the stock relay")
    return parser
