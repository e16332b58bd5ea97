"""`fz-load`, the load generator: what it measures by itself, without a lab.

Its command line and its answers stand at the top of tools/fz-load/main.cpp.
"""

import json
import os

from lab.cast import binaries
from lab.netns import run

from . import cpu_time, quiet

_AEAD_LIMIT_S = 60


class LoadFailed(Exception):
    """The generator did not do what it was asked."""


def program():
    path = binaries() / "fz-load"
    if not os.access(path, os.X_OK):
        raise LoadFailed("fz-load is not built")
    return str(path)


def aead(patience_s):
    """The bare price of one packet, {(provider, "seal" or "open", bytes): nanoseconds}."""
    answer = json.loads(quiet.undisturbed(
        lambda: run([program(), "aead"], limit_s=_AEAD_LIMIT_S), cpu_time.strangers_s, patience_s))
    return {(row["provider"], row["operation"], row["size"]): row["ns_per_packet"]
            for row in answer["results"]}
