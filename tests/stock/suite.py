"""What the three stock suites share: the stock relay, the scenarios, and how to be skipped."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from requirements import need_namespaces, stock  # noqa: E402  (also makes `lab` importable)

import scenarios  # noqa: E402
from lab.cast import Cast  # noqa: E402

__all__ = ["main", "stock"]


def main(gateway, client, **options):
    """Runs the scenarios with these programs, None meaning ours; returns an exit status."""
    need_namespaces()
    return scenarios.main(Cast.of(gateway, client, stock("firezone-relay"), **options))
