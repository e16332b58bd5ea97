"""One benchmark's turn: which cases are wanted, how often, and where its samples go."""

import contextlib
import sys


class Run:
    """What a benchmark's `measure` gets."""

    def __init__(self, bench, results, options, arrangements):
        self._bench = bench
        self._results = results
        self.options = options
        # The chosen arrangement's class; a benchmark that shows both takes both.
        self.arrangement = arrangements[options.arrangement]
        self.arrangements = arrangements
        self._cases = [case for case in bench.cases(options) if options.wants(bench.NAME, case)]

    def wanted(self, prefix=""):
        """The chosen cases whose names begin so, but none that has failed already."""
        return [case for case in self._cases if case.startswith(prefix)]

    def rounds(self):
        """Counts the runs; whoever has several things to measure takes all of them in each."""
        for number in range(1, self.options.runs + 1):
            self.say(f"run {number} of {self.options.runs}")
            yield number

    def add(self, case, sample):
        self._results.add(self._bench.NAME, case, sample)

    def skip(self, case, reason, metrics=None):
        self._results.skip(self._bench.NAME, case, reason, metrics)
        if metrics is None and case in self._cases:
            self._cases.remove(case)

    @contextlib.contextmanager
    def attempt(self, *cases):
        """Whatever fails inside takes only these cases with it."""
        try:
            yield
        except Exception as cause:  # a benchmark fails in as many ways as there are programs
            reason = " ".join(f"{type(cause).__name__}: {cause}".split())[:300]
            self.say(f"{', '.join(cases)}: {reason}")
            for case in cases:
                self.skip(case, reason)

    def take(self, sample, among):
        """A sample of each chosen case among these: `sample` makes it of the case's name."""
        for case in [case for case in self.wanted() if case in among]:
            with self.attempt(case):
                self.add(case, sample(case))

    def say(self, remark):
        print(f"bench: {self._bench.NAME}: {remark}", file=sys.stderr, flush=True)
