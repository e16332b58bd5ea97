#!/usr/bin/python3
"""The benchmark command, very short: its file is complete and in form, whatever was measured."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import requirements

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "tools/benchmarks"

_LIMIT_S = 120
_MEASURED = {"bench", "case", "metric", "unit", "value", "runs", "min", "max"}
_SKIPPED = {"bench", "case", "metric", "unit", "skipped"}


class Session:
    """One call of the command, without stock programs."""

    def __init__(self, folder, *arguments):
        self.json, self.plots = folder / "results.json", folder / "plots"
        environment = {key: value for key, value in os.environ.items() if key != "FZ_STOCK_PEERS"}
        self.process = subprocess.Popen(
            [sys.executable, str(BENCHMARKS), "--quick", "--runs", "1", "--patience", "0",
             "--json", str(self.json), "--plots", str(self.plots), *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self):
        self.printed = self.process.communicate(timeout=_LIMIT_S)[0]
        return self.process.returncode

    def rows(self):
        """{"bench/case/metric": row}, each of which is in form."""
        document = json.loads(self.json.read_text(encoding="utf-8"))
        assert {"cpu", "cores", "kernel"} <= document["machine"].keys(), document["machine"]
        rows = {}
        for row in document["results"]:
            assert set(row) in (_MEASURED, _SKIPPED), row
            rows[f"{row['bench']}/{row['case']}/{row['metric']}"] = row
        assert len(rows) == len(document["results"]), "a metric has two rows"
        return rows


class Smoke(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_measures_what_is_chosen_and_says_why_not_the_rest(self):
        session = Session(self.folder, "--only", "aead", "--only", "e2e/direct/tcp1/up")
        self.assertEqual(session.end(), 0, session.printed)
        rows = session.rows()
        for metric in ("gbit_per_s", "cpu_s_per_gb"):
            row = rows[f"e2e/direct/tcp1/up/{metric}"]
            self.assertNotIn("skipped", row, session.printed)
            self.assertGreater(row["value"], 0)
            self.assertEqual(row["runs"], 1)
        self.assertGreater(rows["aead/sodium/1280/open_ns"].get("value", 0), 0, session.printed)
        self.assertEqual(rows["e2e/relayed/tcp1/up/gbit_per_s"]["skipped"], "not chosen by --only")
        self.assertIn("<svg", (session.plots / "e2e.svg").read_text(encoding="utf-8"))

    def test_measures_frames_one_by_one(self):
        session = Session(self.folder, "--only", "switch", "--only", "decrypt/injected",
                          "--only", "auto/frames")
        self.assertEqual(session.end(), 0, session.printed)
        rows = session.rows()
        for name in ("decrypt/injected/xdp_vs_sockets", "auto/frames/vs_best",
                     "switch/load50/sent_pps"):
            self.assertNotIn("skipped", rows[name], session.printed)
            self.assertGreater(rows[name]["value"], 0)

    def test_what_cannot_be_measured_is_a_row_with_the_reason(self):
        session = Session(self.folder, "--only", "against", "--only", "wireguard_go")
        self.assertEqual(session.end(), 0, session.printed)
        rows = session.rows()
        for name in ("against/split/up_cpu_ratio", "against/shared/throughput_ratio",
                     "wireguard_go/split/down_cpu_ratio"):
            self.assertIn("FZ_STOCK_PEERS", rows[name]["skipped"])

    def test_a_program_that_fails_is_a_row_with_the_reason(self):
        session = Session(self.folder, "--only", "e2e/direct/tcp1/up", "--gateway", "/bin/false")
        self.assertEqual(session.end(), 0, session.printed)
        self.assertIn("gateway has ended with status 1",
                      session.rows()["e2e/direct/tcp1/up/gbit_per_s"]["skipped"])

    def test_interrupted_it_leaves_a_complete_file_and_nothing_else(self):
        session = Session(self.folder, "--only", "e2e/direct")
        prefix = _wait_for_namespaces(session.process.pid)
        session.process.send_signal(signal.SIGINT)
        self.assertEqual(session.end(), 130, session.printed)
        self.assertEqual([name for name in _namespaces() if name.startswith(prefix)], [])
        self.assertIn("skipped", session.rows()["e2e/direct/tcp8/down/gbit_per_s"])


def _wait_for_namespaces(pid):
    """The prefix of the lab that belongs to the process: the place whose lock it holds."""
    deadline = time.monotonic() + _LIMIT_S
    while time.monotonic() < deadline:
        for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            held = re.fullmatch(r"/run/fz-lab/(\d+)\.lock", _target(link))
            prefix = held and f"fz{held[1]}-"
            if prefix and f"{prefix}resource" in _namespaces():
                return prefix
        time.sleep(0.1)
    raise AssertionError("no lab has been built")


def _target(link):
    try:
        return os.readlink(link)
    except OSError:
        return ""  # closed meanwhile


def _namespaces():
    from lab import netns
    return netns.names_starting("fz")


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main()
