"""What every rule shares: where the repository is, how findings are told, how a rule proves it bites."""

import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


def sources(*patterns, root=REPOSITORY):
    """The C++ files below `src/`, `tests/` and `tools/` whose names match, in a fixed order."""
    found = []
    for folder in ("src", "tests", "tools"):
        for pattern in patterns:
            found += (root / folder).rglob(pattern)
    return sorted(found)


def shown(path, root=REPOSITORY):
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def conclude(rule, findings):
    """Prints each finding on a line of its own and ends the process."""
    for finding in findings:
        print(f"{rule}: {finding}")
    print(f"{rule}: {len(findings) or 'no'} finding{'s' if len(findings) != 1 else ''}")
    sys.exit(1 if findings else 0)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def must_find(findings, *words):
    """A rule's self-test: exactly one finding, and it names these words."""
    if len(findings) != 1 or not all(word in findings[0] for word in words):
        sys.exit(f"self-test: expected one finding with {words}, got {findings}")


def must_be_silent(findings):
    if findings:
        sys.exit(f"self-test: expected no finding, got {findings}")
