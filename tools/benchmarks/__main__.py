"""Measures the gateway; see --help."""

import os
import pathlib
import signal
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(PACKAGE.parent))

from benchmarks import options, session  # noqa: E402  (the path above makes it importable)

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = 130


def main():
    chosen = options.parse()
    if os.geteuid() != 0:
        sys.exit("bench: network namespaces need root")
    for number in _ENDINGS:
        signal.signal(number, _interrupt)
    try:
        return session.hold(chosen)
    except KeyboardInterrupt:
        print("\nbench: interrupted; everything is removed", file=sys.stderr)
        return _INTERRUPTED


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
