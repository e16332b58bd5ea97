"""The order in which the lab shows its proofs, and the table they end in."""

import sys
import time

from . import proofs, topology

_LOG_LINES = 15


class Programme:
    """Shows every proof, also after one has failed, and remembers which did."""

    def __init__(self, lab, out=sys.stdout):
        self._lab = lab
        self._out = out
        self._failures = []

    def show(self):
        """Returns whether everything was proved."""
        print(f"{'':6} {'path':8} {'proof':22} result", file=self._out)
        self._one_path("direct", proofs.takes_direct_path)
        self._lab.stop_client()
        self._lab.paths.block_direct()
        self._one_path("relayed", proofs.takes_relayed_path)
        self._conclude()
        return not self._failures

    def _one_path(self, path, takes_path):
        lab = self._lab
        self._row(path, "client logs in", lambda: lab.start_client() or "joined the portal")
        for family, address in zip(("IPv4", "IPv6"), topology.OPEN.host()):
            self._row(path, f"connects {family}", proofs.reaches, lab, address)
            self._row(path, f"ping {family}", proofs.ping, lab, address)
        self._row(path, f"is {path}", takes_path, lab)
        for family, address in zip(("IPv4", "IPv6"), topology.OPEN.host()):
            self._row(path, f"10 MB by HTTP {family}", proofs.download, lab, address)
        for direction in ("up", "down"):
            self._row(path, f"iperf3 TCP {direction}", proofs.goodput, lab,
                      topology.OPEN.host()[0], direction)
        self._refusals(path)

    def _refusals(self, path):
        lab = self._lab
        for family, address in zip(("IPv4", "IPv6"), topology.GUARDED.host()):
            self._row(path, f"connects guarded {family}", proofs.reaches, lab, address)
            self._row(path, f"refuses port {family}", proofs.refused, lab, address)
        if lab.cast.client_takes_extra_routes():
            for family, address in zip(("IPv4", "IPv6"), topology.FORBIDDEN.host()):
                self._row(path, f"refuses network {family}", proofs.refused, lab, address)

    def _row(self, path, name, proof, *arguments):
        try:
            mark, remark = "ok", proof(*arguments)
        except Exception as cause:  # a proof fails in as many ways as there are programs
            mark, remark = "FAILED", f"{type(cause).__name__}: {cause}"
            self._failures.append((time.strftime("%T"), path, name, remark))
        print(f"{mark:6} {path:8} {name:22} {remark}", file=self._out, flush=True)

    def _conclude(self):
        if not self._failures:
            print("everything was shown", file=self._out)
            return
        for moment, path, name, remark in self._failures:
            print(f"\nFAILED at {moment}: {path}, {name}: {remark}", file=self._out)
        for program in self._lab.programs():
            if program.name in ("gateway", "client", "relay", "portal"):
                state = "running" if program.alive() else "not running"
                print(f"\n--- {program.name} ({state}), last lines:\n"
                      f"{program.tail(_LOG_LINES)}", file=self._out)
