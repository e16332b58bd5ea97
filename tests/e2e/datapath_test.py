#!/usr/bin/python3
"""Which door packets come through: chosen by itself, explained in a sentence, changed as the host
changes."""

import signal
import time
import unittest

import requirements

from gateway_case import FAILED, OnOneHost

_WITHOUT_BPF = ("setpriv", "--inh-caps=-bpf,-sys_admin", "--bounding-set=-bpf,-sys_admin")
_WITHOUT_RAW = ("setpriv", "--inh-caps=-net_raw,-sys_admin", "--bounding-set=-net_raw,-sys_admin")
# Enough for io_uring, not for the frames.
_LITTLE_MEMORY = ("prlimit", "--memlock=4400000", "setpriv", "--inh-caps=-ipc_lock",
                  "--bounding-set=-ipc_lock")

_THROUGH_XDP = "packets come through XDP interface=eth0"
_THROUGH_SOCKETS = "packets come through sockets interface=eth0"
_CHANGED = "the host has changed"
# A door that was closed rests for a second, and what the kernel does not announce is looked for once
# a second.
_CHANGE_LIMIT_S = 10
_SILENT_S = 0.5


class Datapath(OnOneHost):
    def ends(self, gateway):
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway)

    def refusal(self, *words, **options):
        """Sockets with `auto`, the end with `xdp`, and the same sentence for both."""
        gateway = self.starts(FIREZONE_XDP_INTERFACE="eth0", **options)
        gateway.wait_for_output(_THROUGH_SOCKETS)
        said = next(line for line in gateway.stdout().splitlines() if _THROUGH_SOCKETS in line)
        self.ends(gateway)
        for word in words:
            self.assertIn(word, said)
        self.refuses(FAILED, "eth0 cannot have XDP", *words, FIREZONE_DATAPATH="xdp", **options)

    def set_mtu(self, value):
        for interface in ("end", "eth0") if value > 1500 else ("eth0", "end"):
            self.host.command("ip", "link", "set", interface, "mtu", str(value))

    def add_queue(self):
        self.host.command("ethtool", "-L", "eth0", "rx", "2", "tx", "2")

    def test_auto_leaves_virtual_cables_to_the_sockets(self):
        gateway = self.starts()
        gateway.wait_for_output(f'{_THROUGH_SOCKETS} why="a virtual cable hands sockets')
        self.assertNotIn("xdp", self.host.command("ip", "link", "show", "eth0"))
        self.ends(gateway)

    def test_auto_is_xdp_on_a_named_interface(self):
        gateway = self.starts(FIREZONE_XDP_INTERFACE="eth0")
        gateway.wait_for_output(f"{_THROUGH_XDP} mode=native zero_copy=false queues=1")
        self.assertIn("xdp", self.host.command("ip", "link", "show", "eth0"))
        self.ends(gateway)

    def test_sockets_alone(self):
        gateway = self.starts(FIREZONE_DATAPATH="socket")
        self.assertNotIn("xdp", self.host.command("ip", "link", "show", "eth0"))
        self.ends(gateway)
        self.assertNotIn("XDP", gateway.stdout())

    def test_behind_the_driver_on_request(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp-generic")
        gateway.wait_for_output(f"{_THROUGH_XDP} mode=generic")
        self.assertIn("xdpgeneric", self.host.command("ip", "link", "show", "eth0"))
        self.ends(gateway)

    def test_a_named_interface(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp", FIREZONE_XDP_INTERFACE="end")
        gateway.wait_for_output("packets come through XDP interface=end")
        self.assertNotIn("interface=eth0", gateway.stdout())
        self.ends(gateway)
        self.refuses(FAILED, "there is no interface wan0", FIREZONE_DATAPATH="xdp",
                     FIREZONE_XDP_INTERFACE="wan0")

    def test_no_permission_to_load_programs(self):
        self.refusal("CAP_BPF", "setcap", prefix=_WITHOUT_BPF)

    def test_no_permission_for_raw_sockets(self):
        self.refusal("CAP_NET_RAW", "setcap", prefix=_WITHOUT_RAW)

    def test_little_memory_may_be_locked(self):
        self.refusal("memory that may be locked", "LimitMEMLOCK", prefix=_LITTLE_MEMORY)

    def test_a_large_mtu(self):
        self.set_mtu(9000)
        self.addCleanup(self.set_mtu, 1500)
        self.refusal("MTU of eth0", "lower it")

    def test_what_comes_and_goes(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp")
        gateway.wait_for_output(_THROUGH_XDP)
        def link(*words):
            return lambda: self.host.command("ip", "link", *words)

        changes = (
            ("the interface is down", link("set", "eth0", "down"), link("set", "eth0", "up")),
            ("its MTU has changed", lambda: self.set_mtu(1400), lambda: None),
            ("its MTU has changed", lambda: self.set_mtu(1500), lambda: None),
            # Fewer than there are rings: the kernel refuses.
            ("its number of receive queues has changed", self.add_queue, lambda: None),
            ("the interface is gone", link("delete", "eth0"), self.host.plug_in))
        for count, (why, change, undo) in enumerate(changes, start=2):
            with self.subTest(why=why, count=count):
                change()
                gateway.wait_for_output(_THROUGH_SOCKETS, _CHANGE_LIMIT_S, times=count - 1)
                self.assertIn(f'{_THROUGH_SOCKETS} why="{why}"', gateway.stdout())
                undo()
                gateway.wait_for_output(_THROUGH_XDP, _CHANGE_LIMIT_S, times=count)
        self.assertEqual(gateway.stdout().count("queues=2"), 1)
        self.ends(gateway)

    def test_changes_are_announced_by_the_kernel(self):
        gateway = self.starts(FIREZONE_DATAPATH="xdp", RUST_LOG="info,doors=debug")
        gateway.wait_for_output(_THROUGH_XDP)
        for count, mtu in enumerate((1400, 1500), start=1):
            before = self.announced_so_far(gateway)
            self.set_mtu(mtu)
            gateway.wait_for_output(_THROUGH_SOCKETS, _CHANGE_LIMIT_S, times=count)
            said = gateway.stdout()
            self.assertGreater(said[:said.rfind(_THROUGH_SOCKETS)].count(_CHANGED), before)
            gateway.wait_for_output(_THROUGH_XDP, _CHANGE_LIMIT_S, times=count + 1)
        self.ends(gateway)

    def announced_so_far(self, gateway):
        """Some of what follows from a change the kernel finds in the background."""
        count = None
        while count != gateway.stdout().count(_CHANGED):
            count = gateway.stdout().count(_CHANGED)
            time.sleep(_SILENT_S)
        return count

    def test_nothing_stays_after_a_kill(self):
        first = self.starts(FIREZONE_DATAPATH="xdp")
        first.wait_for_output(_THROUGH_XDP)
        first.signal(signal.SIGKILL)
        first.ended(5)
        self.assertNotIn("XDP program", self.host.traces())
        second = self.starts(FIREZONE_DATAPATH="xdp")
        second.wait_for_output(_THROUGH_XDP)
        self.ends(second)


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
