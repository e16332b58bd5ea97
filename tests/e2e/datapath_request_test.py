#!/usr/bin/python3
"""An operator asks a running gateway which door packets come through, and for another one."""

import signal
import subprocess
import unittest

import requirements

from gateway_case import OnOneHost
from lab import cast

_STAT = str(cast.binaries() / "fz-stat")
_AS_NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
_REFUSED, _USAGE, _NOT_RUNNING = 1, 2, 3
_LIMIT_S = 10
_THROUGH_XDP = "packets come through XDP interface=eth0"
_BY_PREFERENCE = "eth0: sockets: a virtual cable hands sockets whole trains"
_BY_XDP = "eth0: XDP, native, copy, receive queues: 1"


class DatapathRequest(OnOneHost):
    def asks(self, *arguments, prefix=()):
        """Status and all that fz-stat prints."""
        done = subprocess.run(self.host.namespace.wrap([*prefix, _STAT, *arguments]),
                              capture_output=True, text=True, timeout=_LIMIT_S, check=False)
        return done.returncode, done.stdout + done.stderr

    def assertAnswers(self, status, words, *arguments, **options):
        answer = self.asks(*arguments, **options)
        self.assertEqual(answer[0], status, answer)
        self.assertIn(words, answer[1])

    def ends(self, gateway):
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway)

    def attached(self):
        return "xdp" in self.host.command("ip", "link", "show", "eth0")

    def test_to_xdp_and_back(self):
        gateway = self.starts()
        self.assertAnswers(0, "wished for: auto\n" + _BY_PREFERENCE, "datapath")
        self.assertAnswers(0, "wished for: xdp\n" + _BY_XDP, "datapath", "xdp")
        self.assertTrue(self.attached())
        self.assertAnswers(0, "eth0: sockets: sockets are wished for", "datapath", "socket")
        self.assertFalse(self.attached())
        # A door that was closed a moment ago rests before it opens again.
        self.assertAnswers(0, "eth0: sockets: XDP is tried again in a moment", "datapath", "xdp")
        gateway.wait_for_output(_THROUGH_XDP, _LIMIT_S, times=2)
        self.assertAnswers(0, _BY_XDP, "datapath")
        self.assertAnswers(0, "wished for: auto\n" + _BY_PREFERENCE, "datapath", "auto")
        self.assertFalse(self.attached())
        self.ends(gateway)

    def test_xdp_after_a_start_on_sockets(self):
        gateway = self.starts(FIREZONE_DATAPATH="socket")
        self.assertAnswers(0, "wished for: socket\n", "datapath")
        self.assertAnswers(0, _BY_XDP, "datapath", "xdp")
        self.ends(gateway)

    def test_behind_the_driver(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp")
        self.assertAnswers(0, "XDP is tried again in a moment", "datapath", "xdp-generic")
        gateway.wait_for_output(f"{_THROUGH_XDP} mode=generic", _LIMIT_S)
        self.assertAnswers(0, "eth0: XDP, generic, copy", "datapath")
        self.ends(gateway)

    def test_what_cannot_be_had_is_told_and_costs_nothing(self):
        gateway = self.starts()
        for interface in ("end", "eth0"):
            self.host.command("ip", "link", "set", interface, "mtu", "9000")
        self.assertAnswers(_REFUSED, "eth0: sockets: the MTU of eth0", "datapath", "xdp")
        for interface in ("eth0", "end"):
            self.host.command("ip", "link", "set", interface, "mtu", "1500")
        gateway.wait_for_output(_THROUGH_XDP, _LIMIT_S)  # the wish stands
        self.ends(gateway)

    def test_others_may_look_but_not_change(self):
        gateway = self.starts()
        self.assertAnswers(0, _BY_PREFERENCE, "datapath", prefix=_AS_NOBODY)
        self.assertAnswers(_REFUSED, "only root may change the datapath", "datapath", "xdp",
                           prefix=_AS_NOBODY)
        self.assertFalse(self.attached())
        self.ends(gateway)

    def test_called_wrongly(self):
        gateway = self.starts()
        self.assertAnswers(_REFUSED, "a datapath is auto, xdp, xdp-generic or socket",
                           "datapath", "dpdk")
        self.assertAnswers(_USAGE, "datapath takes one argument, or none", "datapath", "xdp", "now")
        self.ends(gateway)

    def test_nobody_to_ask(self):
        self.assertAnswers(_NOT_RUNNING, "no gateway is running here", "datapath")


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
