#!/usr/bin/python3
"""What the load generator sends arrives, every packet once, in order and unchanged, both ways.

    fz-load (client2) ---- our gateway ---- capture and injection on the resource's cable
"""

import sys
import unittest

import requirements

from lab.cast import Cast
from lab.lab import Lab
from lab.load_setup import LoadSetup
from lab.topology import OPEN

_PEERS = 20


class LoadGenerator(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(Cast.of()))
        cls.lab.start_gateway()
        cls.setup = LoadSetup(cls.lab)
        cls.setup.prepare()

    def test_connections_live_on(self):
        found = self.setup.run("connect", peers=_PEERS, seconds=3)
        self.assertEqual((found["peers"], found["alive"]), (_PEERS, _PEERS))

    def test_decrypted_packets_are_what_was_sent(self):
        for case in ("tcp1", "tcp8", "udp84"):
            for peers, turn in ((1, 49), (_PEERS, 1), (_PEERS, 16)):
                with self.subTest(case=case, peers=peers, turn=turn):
                    self._all_arrives(self.setup.run(
                        "decrypt", "--case", case, "--per-peer", str(turn), "--chunk-mb", "32",
                        "--verify", peers=peers, seconds=0.5))

    def test_encrypted_packets_are_what_was_sent(self):
        for case in ("tcp1", "tcp8", "udp84"):
            for peers, turn in ((1, 49), (_PEERS, 1), (_PEERS, 16)):
                with self.subTest(case=case, peers=peers, turn=turn):
                    self._all_arrives(self.setup.run(
                        "encrypt", "--case", case, "--per-peer", str(turn), "--sockets", "7",
                        "--verify", peers=peers, seconds=0.5))

    def test_round_trips_are_answered(self):
        target = OPEN.host()[0]
        plain = self.setup.run("latency", "--plain", "--target", target, seconds=1)
        tunnel = self.setup.run("latency", "--target", target, peers=1, seconds=1)
        for found in (plain, tunnel):
            self.assertGreater(found["sent"], 50)
            self.assertEqual(found["answered"], found["sent"])
        self.assertLess(plain["min_us"], tunnel["min_us"])

    def test_a_single_tun_write_crosses_to_the_resource(self):
        before = self._sent_to_resource()
        found = self.setup.run("tun-writes", seconds=0.2)
        self.assertEqual(found["errors"], 0)
        self.assertGreaterEqual(self._sent_to_resource() - before, found["writes"])

    def _all_arrives(self, found):
        self.assertGreater(found["packets"], 0)
        self.assertEqual(found["packets"], found["sent"])
        for fault in ("lost", "refused", "reordered", "corrupt", "sink_drops"):
            self.assertEqual(found[fault], 0, fault)

    def _sent_to_resource(self):
        return int(self.lab.on("gateway", ["cat", "/sys/class/net/eth1/statistics/tx_packets"]))


if __name__ == "__main__":
    requirements.need_namespaces()
    sys.exit(unittest.main(verbosity=2))
