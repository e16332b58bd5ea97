"""A table of proofs as they are shown, and after a failure whatever helps to understand it."""

import sys
import time

_LOG_LINES = 15
_QUOTED = ("gateway", "client", "client2", "relay", "portal")


class Report:
    def __init__(self, lab, out=sys.stdout):
        self._lab = lab
        self._out = out
        self._failures = []

    def row(self, path, name, proof, *arguments):
        """Shows one proof: a function that returns a remark, or raises."""
        try:
            mark, remark = "ok", proof(*arguments)
        except Exception as cause:  # a proof fails in as many ways as there are programs
            mark, remark = "FAILED", f"{type(cause).__name__}: {cause}"
            self._failures.append((time.strftime("%T"), path, name, remark))
        print(f"{mark:6}  {path:7}  {name:27}  {remark}", file=self._out, flush=True)

    def conclude(self):
        """Names the failures, quotes the programs, and returns whether there were none."""
        for moment, path, name, remark in self._failures:
            print(f"\nFAILED at {moment}: {path}, {name}: {remark}", file=self._out)
        if self._failures:
            for program in self._lab.programs():
                if program.name in _QUOTED:
                    self._quote(program)
        return not self._failures

    def _quote(self, program):
        state = "running" if program.alive() else "not running"
        print(f"\n--- {program.name} ({state}), last lines:\n{program.tail(_LOG_LINES)}",
              file=self._out, flush=True)
