"""All benchmarks, in the order in which they run.

A benchmark is a module with NAME, TITLE, `cases(options)` -> {case: {metric: unit}}, which promises
what will be told, and `measure(run)`, which tells it (see run.py).
"""

from . import aead, against, decrypt, e2e, encrypt, latency, scale, steer, wireguard_go

BENCHMARKS = (aead, steer, decrypt, encrypt, e2e, latency, scale, against, wireguard_go)
