#!/usr/bin/python3
"""An operator looks at a running gateway: every command of fz-stat, as they are typed."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest

import requirements

from gateway_case import OnOneHost
from lab import cast

_STAT = str(cast.binaries() / "fz-stat")
_AS_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
_AS_ITS_GROUP = ("setpriv", "--reuid", "65534", "--regid", "0", "--clear-groups")
_REFUSED, _USAGE, _NOT_RUNNING, _CRITICAL = 1, 2, 3, 2
_LIMIT_S = 10
_ESCAPE = "\x1b"


class FzStat(OnOneHost):
    def asks(self, *arguments, prefix=(), **environment):
        done = subprocess.run(self.host.namespace.wrap([*prefix, _STAT, *arguments]),
                              capture_output=True, text=True, timeout=_LIMIT_S, check=False,
                              env=os.environ | environment)
        return done.returncode, done.stdout, done.stderr

    def sees(self, *arguments, **options):
        status, out, err = self.asks(*arguments, **options)
        self.assertEqual((status, err), (0, ""), out)
        return out

    def ends(self, gateway):
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway)

    def on_a_terminal(self, *arguments, keys=b"", limit_s=_LIMIT_S, columns=100):
        """What fz-stat draws on a terminal of its own until it ends."""
        pid, terminal = pty.fork()
        if pid == 0:
            argv = self.host.namespace.wrap([_STAT, *arguments])
            os.execvpe(argv[0], argv, os.environ | {"TERM": "xterm"})
        os.system(f"stty -F {os.ttyname(terminal)} cols {columns} rows 40")
        drawn, until = b"", time.monotonic() + limit_s
        while time.monotonic() < until:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    drawn += os.read(terminal, 65536)
                except OSError:
                    break
            if keys and b"queue" in drawn:
                os.write(terminal, keys[:1])
                keys = keys[1:]
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), drawn.decode()

    def test_the_first_screen(self):
        gateway = self.starts()
        seen = self.sees()
        for pattern in (r"gateway   version \d+\.\d+\.\d+, up \d+ s, process \d+",
                        r"portal    joined for \d+ s", r"peers     0 direct, 0 relayed, 0 connecting",
                        r"eth0      sockets: a virtual cable", r"queue .* busy",
                        r"\n0 +\d+ +(idle|sockets) ", r"verdict   this gateway keeps up"):
            self.assertRegex(seen, pattern)
        self.assertNotIn(_ESCAPE, seen)
        self.ends(gateway)

    def test_counters_as_documents(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp")
        first = json.loads(self.sees("--json"))
        self.assertEqual(first["interfaces"][0]["door"], "native")
        self.assertEqual(first["rings"][0]["queue"], 0)
        for direction in ("to_resource", "to_client"):
            counted = first["workers"][0][direction]
            self.assertEqual(counted["received"],
                             counted["delivered"] + sum(counted["drops"].values()))
        text = self.sees("--prometheus")
        self.assertRegex(text, r'(?m)^firezone_gateway_info\{version="[^"]+",aead="\w+')
        self.assertRegex(text, r'(?m)^firezone_gateway_xdp_frames_total\{interface="eth0",')
        self.assertIn("queue 0: native, copy, worker 0", self.sees("xdp"))
        self.assertIn("packets per batch from the network", self.sees("hist"))
        self.ends(gateway)

    def test_drops_and_differences(self):
        gateway = self.starts()
        # The host's own multicasts, from the TUN device.
        self.assertRegex(self.sees("drops"), r"nothing was dropped|not_a_peer +\d")
        every = self.sees("drops", "--all")
        for name in ("bad_tag", "ring_full", "no_path"):
            self.assertIn(name, every)
        with tempfile.TemporaryDirectory() as folder:
            paths = [f"{folder}/{name}" for name in ("before", "after", "other")]
            for path in paths[:2]:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(self.sees("--json"))
            self.assertRegex(self.sees("diff", *paths[:2]), r"verdict   this gateway keeps up")
            status, _, err = self.asks("diff", paths[1], paths[0])
            self.assertEqual(status, _REFUSED)
            self.assertIn("is not newer than", err)
            for content, words in (("", "no JSON document"), ("{}", "not what `fz-stat --json`"),
                                   (None, "cannot read")):
                if content is not None:
                    with open(paths[2], "w", encoding="utf-8") as file:
                        file.write(content)
                else:
                    os.unlink(paths[2])
                status, _, err = self.asks("diff", paths[0], paths[2])
                self.assertEqual(status, _REFUSED)
                self.assertIn(words, err)
        self.ends(gateway)

    def test_nobody_is_connected(self):
        gateway = self.starts()
        self.assertEqual(self.sees("peers"), "nobody is connected\n")
        self.assertEqual(json.loads(self.sees("peers", "--json"))["peers"], [])
        status, _, err = self.asks("peers", prefix=_AS_ITS_GROUP)
        self.assertEqual(status, _REFUSED)
        self.assertIn("only root may see who is connected", err)
        self.ends(gateway)

    def test_for_a_monitoring_system(self):
        gateway = self.starts()
        self.assertRegex(self.sees("check"), r"^OK - the gateway keeps up \| busy=\S+;0\.8;0\.95 ")
        status, out, _ = self.asks("check", "--warn-busy", "0", "--crit-busy", "0")
        self.assertEqual(status, _CRITICAL)
        self.assertRegex(out, r"^CRITICAL - the busiest queue is ")
        self.ends(gateway)
        status, out, _ = self.asks("check")
        self.assertEqual((status, out), (_CRITICAL, "CRITICAL - no gateway is running here\n"))

    def test_who_may_look(self):
        gateway = self.starts()
        self.assertIn("verdict", self.sees(prefix=_AS_ITS_GROUP))
        status, out, err = self.asks(prefix=_AS_NOBODY)
        self.assertEqual((status, out), (_REFUSED, ""))
        self.assertIn("only root and the gateway's own group", err)
        self.ends(gateway)

    def test_watching_without_a_terminal(self):
        gateway = self.starts()
        seen = self.sees("-w", "0.2", "-n", "3")
        self.assertEqual(len(re.findall("verdict", seen)), 3)
        self.assertNotIn(_ESCAPE, seen)
        lines = self.sees("-w", "0.2", "-n", "2", "--ndjson").splitlines()
        times = [json.loads(line)["taken_at_ns"] for line in lines]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len(times), 2)
        self.ends(gateway)

    def test_watching_on_a_terminal(self):
        gateway = self.starts()
        status, drawn = self.on_a_terminal("-w", "0.2", keys=b"dxhpoq")
        self.assertEqual(status, 0)
        self.assertTrue(drawn.startswith(f"{_ESCAPE}[?1049h"), drawn[:40])
        self.assertTrue(drawn.rstrip().endswith(f"{_ESCAPE}[?1049l"), drawn[-40:])
        for words in ("verdict", "cause +count|nothing was dropped", "No packets come through XDP",
                      "packets per batch", "nobody is connected"):
            self.assertRegex(drawn, words)
        self.ends(gateway)

    def test_a_gateway_that_ends_while_it_is_watched(self):
        gateway = self.starts()
        watching = subprocess.Popen(
            self.host.namespace.wrap([_STAT, "-w", "0.2"]), stdout=subprocess.PIPE, text=True)
        self.addCleanup(watching.stdout.close)
        self.addCleanup(watching.wait)
        self.addCleanup(watching.kill)
        self.awaits(watching, "verdict")
        gateway.signal(signal.SIGKILL)
        gateway.ended(_LIMIT_S)
        self.awaits(watching, "no gateway is running here; waiting for one")
        gateway = self.starts()
        self.awaits(watching, "verdict")
        self.ends(gateway)

    def awaits(self, watching, words):
        until = time.monotonic() + _LIMIT_S
        while words not in (line := watching.stdout.readline()):
            self.assertLess(time.monotonic(), until, line)

    def test_called_wrongly(self):
        for arguments, words in ((("nonsense",), "there is no command nonsense"),
                                 (("--nonsense",), "there is no option --nonsense"),
                                 (("drops", "now"), "drops takes no arguments"),
                                 (("-w", "0"), "-w takes a number of seconds"),
                                 (("--ndjson",), "--ndjson goes with -w"),
                                 (("diff", "a"), "diff takes two files")):
            status, _, err = self.asks(*arguments)
            self.assertEqual(status, _USAGE, arguments)
            self.assertIn(words, err)
        self.assertIn("--prometheus", self.sees("--help"))

    def test_nobody_to_ask(self):
        status, out, err = self.asks()
        self.assertEqual((status, out, err), (_NOT_RUNNING, "",
                                              "fz-stat: no gateway is running here\n"))


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
