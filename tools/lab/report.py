"""A table of proofs as they are shown, and after a failure whatever helps to understand it."""

import sys
import time

BOTH_PATHS = "both"

_LOG_LINES = 15
_QUOTED = ("gateway", "client", "client2", "relay", "portal")


class Report:
    """One row per proof: what was shown, on which path, and a remark or the reason why not."""

    def __init__(self, lab, out=sys.stdout):
        self._lab = lab
        self._out = out
        self._failures = []
        self._hopeless = set()

    def row(self, path, name, proof, *arguments):
        """Shows one proof: a function that returns a remark, or raises. Says whether it held."""
        if path in self._hopeless or BOTH_PATHS in self._hopeless:
            self._print("-", path, name, "not tried, see above")
            return False
        try:
            self._print("ok", path, name, proof(*arguments))
            return True
        except Exception as cause:  # a proof fails in as many ways as there are programs
            reason = f"{type(cause).__name__}: {cause}"
            self._print("FAILED", path, name, reason.splitlines()[0])
            self._failures.append((time.strftime("%T"), path, name, reason))
            return False

    def essential_row(self, path, name, proof, *arguments):
        """A row whose failure leaves nothing to try on its path."""
        if not self.row(path, name, proof, *arguments):
            self._hopeless.add(path)

    def conclude(self):
        """Names the failures, quotes the programs, and returns whether there were none."""
        for moment, path, name, remark in self._failures:
            print(f"\nFAILED at {moment}: {path}, {name}: {remark}", file=self._out)
        if self._failures:
            for program in self._lab.programs():
                if program.name in _QUOTED:
                    self._quote(program)
        return not self._failures

    def _print(self, mark, path, name, remark):
        print(f"{mark:6}  {path:7}  {name:27}  {remark}", file=self._out, flush=True)

    def _quote(self, program):
        state = "running" if program.alive() else "not running"
        print(f"\n--- {program.name} ({state}), last lines:\n{program.tail(_LOG_LINES)}",
              file=self._out, flush=True)
