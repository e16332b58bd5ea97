"""All benchmarks, in the order in which they run.

A benchmark is a module with NAME, TITLE, `cases(options)` -> {case: {metric: unit}}, which promises
what will be told, and `measure(run)`, which tells it (see run.py).
"""

from . import against, e2e, wireguard_go

BENCHMARKS = (e2e, against, wireguard_go)
