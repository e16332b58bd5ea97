#!/usr/bin/python3
"""Counts what ctest has run: the reasons of skipped tests, the names of failed ones, one last line.

usage: summary.py JUNIT_XML...
"""

import os
import re
import sys
import xml.etree.ElementTree

# How our programs say it before they exit with 77, and how gtest does.
_REASON = re.compile(r"^(?:skipped: |.*: Skipped\n)(.*)$", re.MULTILINE)


def outcome(case):
    """"passed", "failed" or "skipped", as ctest writes them into its report."""
    if case.get("status") == "run" and case.find("failure") is None:
        return "passed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "failed"


def reason(case):
    """What the test itself said, else what ctest makes of it."""
    output = case.findtext("system-out") or ""
    said = _REASON.search(output)
    if said:
        return said.group(1)
    skipped = case.find("skipped")
    return (skipped.get("message") if skipped is not None else None) or "without a reason"


def main():
    cases = {"passed": [], "failed": [], "skipped": []}
    for report in filter(os.path.exists, sys.argv[1:]):  # none where nothing was selected
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            cases[outcome(case)].append(case)
    for case in cases["skipped"]:
        print(f"skipped: {case.get('name')}: {reason(case)}")
    for case in cases["failed"]:
        print(f"failed: {case.get('name')}")
    if not any(cases.values()):
        print("failed: no test was run")
        sys.exit(1)
    print(", ".join(f"{len(cases[kind])} {kind}" for kind in ("passed", "failed", "skipped")))


if __name__ == "__main__":
    main()
