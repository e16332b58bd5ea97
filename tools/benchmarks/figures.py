"""One figure: what several runs of the same measurement say together."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    """The median of some runs, and how far they spread; the unit is its owner's business."""

    value: float
    runs: int
    min: float
    max: float

    @classmethod
    def of(cls, samples):
        """`samples` holds one number per run, at least one."""
        samples = list(samples)
        return cls(statistics.median(samples), len(samples), min(samples), max(samples))


def ratio(ours, theirs):
    """Ours divided by theirs; a measurement that gave nothing has no ratio, and says so."""
    if theirs <= 0:
        raise ValueError(f"there is no ratio to {theirs}")
    return ours / theirs
