"""One call of the command: promise everything, measure what is wanted, tell as it comes."""

import sys

from . import machine, plots, table
from .arrangement import ARRANGEMENTS
from .catalogue import BENCHMARKS
from .results import Results, write_json
from .run import Run

_NOT_CHOSEN = "not chosen by --only"


def hold(options):
    """Runs the benchmarks and returns an exit status; KeyboardInterrupt ends it early, and tidily.

    The file is complete in any case: what was not measured is a row that says why.
    """
    about = machine.describe() | {"arrangement": options.arrangement, "runs": options.runs,
                                  "seconds": options.seconds, "quick": options.quick}
    results = Results()
    for bench in BENCHMARKS:
        for case, metrics in bench.cases(options).items():
            results.promise(bench.NAME, case, metrics)
            if not options.wants(bench.NAME, case):
                results.skip(bench.NAME, case, _NOT_CHOSEN)
    print(f"{machine.sentence(about)}; {options.arrangement} arrangement, medians of "
          f"{options.runs} interleaved runs", flush=True)
    try:
        for bench in BENCHMARKS:
            _one(bench, results, options, about)
    finally:
        if options.json:
            write_json(options.json, about, results)
    return 0


def _one(bench, results, options, about):
    run = Run(bench, results, options, ARRANGEMENTS)
    if not run.wanted():
        return
    try:
        with run.attempt(*run.wanted()):
            bench.measure(run)
    finally:
        rows = [row for row in results.rows(bench.NAME) if row.skipped != _NOT_CHOSEN]
        table.show(f"{bench.NAME}: {bench.TITLE}", rows, sys.stdout)
    _draw(run, bench, rows, options.plots, machine.sentence(about))


def _draw(run, bench, rows, folder, subtitle):
    try:
        drawn = plots.draw(folder, bench, rows, subtitle)
    except Exception as cause:  # a picture that cannot be drawn must not cost the figures
        run.say(f"no plot: {type(cause).__name__}: {cause}")
        return
    if drawn:
        print(f"plot: {drawn}", flush=True)
