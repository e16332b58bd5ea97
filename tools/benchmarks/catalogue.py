"""All benchmarks, in the order in which they run.

A benchmark is a module with NAME, TITLE, `cases(options)` -> {case: {metric: unit}}, which promises
what will be told, and `measure(run)`, which tells it (see run.py).
"""

from . import (aead, against, auto, decrypt, e2e, encrypt, latency, scale, steer, switch,
               wireguard_go)

BENCHMARKS = (aead, steer, decrypt, encrypt, auto, switch, e2e, latency, scale, against,
              wireguard_go)
