"""What a test needs from its machine; a test that lacks it is skipped, and says why."""

import os
import pathlib
import sys

SKIPPED = 77

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))


def need_namespaces():
    if os.geteuid() != 0:
        skip("network namespaces need root")
    if not os.path.exists("/dev/net/tun"):
        skip("there is no /dev/net/tun")


def stock(program):
    """The path of one of the stock programs, whose folder FZ_STOCK_PEERS names."""
    folder = os.environ.get("FZ_STOCK_PEERS")
    if not folder:
        skip("FZ_STOCK_PEERS does not name a folder with the stock programs")
    path = pathlib.Path(folder).resolve() / program
    if not os.access(path, os.X_OK):
        skip(f"{path} is not there or not executable")
    return path


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)
