"""Everything a session was to find out: a figure for each metric, or the reason why there is none.

Metrics are promised before anything is measured, so that what crashes is a row that says so.
"""

import dataclasses
import json

from .figures import Figure

_CUT_SHORT = "the session ended before this was measured"


@dataclasses.dataclass(frozen=True)
class Row:
    """One metric: `figure`, or else `skipped` with the reason."""

    bench: str
    case: str
    metric: str
    unit: str
    figure: Figure | None
    skipped: str | None

    def name(self):
        return f"{self.bench}/{self.case}/{self.metric}"

    def as_json(self):
        named = {"bench": self.bench, "case": self.case, "metric": self.metric, "unit": self.unit}
        if self.figure is None:
            return named | {"skipped": self.skipped}
        return named | dataclasses.asdict(self.figure)


class Results:
    """Samples by metric, in the order in which the metrics were promised."""

    def __init__(self):
        self._units = {}
        self._samples = {}
        self._reasons = {}

    def promise(self, bench, case, metrics):
        """`metrics` maps the metrics of a case to their units."""
        for metric, unit in metrics.items():
            self._units[bench, case, metric] = unit

    def add(self, bench, case, sample):
        """One run of a case: its metrics and their values. None is a metric that does not apply."""
        for metric, value in sample.items():
            key = bench, case, metric
            if key not in self._units:
                raise KeyError(f"nobody promised {'/'.join(key)}")
            if value is not None:
                self._samples.setdefault(key, []).append(value)

    def skip(self, bench, case, reason, metrics=None):
        """Takes a case, or some metrics of it, back. Of several reasons the first one is told."""
        for key in self._units:
            if key[:2] == (bench, case) and (metrics is None or key[2] in metrics):
                self._reasons.setdefault(key, reason)

    def rows(self, bench=None):
        return [self._row(key) for key in self._units if bench in (None, key[0])]

    def _row(self, key):
        reason = self._reasons.get(key)
        samples = self._samples.get(key)
        if reason is None and not samples:
            reason = _CUT_SHORT
        figure = None if reason is not None else Figure.of(samples)
        return Row(*key, self._units[key], figure, reason)


def write_json(path, machine, results):
    """The file that others read: the machine, and one object per metric."""
    document = {"machine": machine, "results": [row.as_json() for row in results.rows()]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
