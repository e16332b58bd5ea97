#!/usr/bin/python3
"""Interfaces with several queues, and several interfaces: a ring on each queue, and all that comes
through them is carried.

    fz-load (client2) ==== eth2, eth3: four queues each ==== our gateway ---- capture

The peers' sockets spread over the queues of a cable: the queue through which client2 sends a packet
is the one on which it arrives.
"""

import re
import sys
import unittest

import requirements

from lab import netns
from lab.cast import Cast
from lab.lab import Lab
from lab.load_setup import LoadSetup
from lab.topology import GATEWAY

_QUEUES = 4
_WORKERS = 3  # so that one of them serves two queues
_CABLES = {"eth2": ("192.168.2.1", "192.168.2.2"), "eth3": ("192.168.3.1", "192.168.3.2")}
# All of them miss one of the queues once in 24 million times.
_PEERS = 64
# Fewer packets than a queue of the cable holds.
_IN_FLIGHT = 128
_CHANGE_LIMIT_S = 10
_TOO_LARGE = 9000
_USUAL = 1500


def _through_xdp(interface):
    return (f"packets come through XDP interface={interface} mode=native zero_copy=false "
            f"queues={_QUEUES}")


def _through_sockets(interface):
    return f"packets come through sockets interface={interface}"


class Queues(unittest.TestCase):
    def setUp(self):
        self.lab = self.enterContext(Lab(Cast.of()))
        for interface, addresses in _CABLES.items():
            self._plug_in(interface, *addresses)

    def test_every_queue_is_served(self):
        self._start()
        for interface in _CABLES:
            self.gateway.wait_for_output(_through_xdp(interface), _CHANGE_LIMIT_S)
        sent = {interface: self._all_arrives(interface) for interface in _CABLES}
        steered = self._steered_until_the_end()
        for interface, packets in sent.items():
            of_queues = [steered[interface, queue] for queue in range(_QUEUES)]
            for queue, count in enumerate(of_queues):
                self.assertGreater(count, 0, f"{interface} {queue}")
            # The peers' keep-alives are data, too.
            self.assertGreaterEqual(sum(of_queues), packets)
        self.assertEqual(len(steered), len(_CABLES) * _QUEUES)

    def test_one_interface_falls_back_alone(self):
        self._set_mtu(_TOO_LARGE)
        self._start()
        self.gateway.wait_for_output(f'{_through_sockets("eth2")} why="the MTU', _CHANGE_LIMIT_S)
        self.gateway.wait_for_output(_through_xdp("eth3"), _CHANGE_LIMIT_S)
        self._all_arrives("eth2")
        by_xdp = self._all_arrives("eth3")
        self._set_mtu(_USUAL)
        self.gateway.wait_for_output(_through_xdp("eth2"), _CHANGE_LIMIT_S)
        self._all_arrives("eth2")
        self._link("eth2", "down")
        self.gateway.wait_for_output(f'{_through_sockets("eth2")} why="the interface is down"',
                                     _CHANGE_LIMIT_S)
        by_xdp += self._all_arrives("eth3")
        steered = self._steered_until_the_end()
        self.assertEqual({interface for interface, _ in steered}, {"eth3"})
        self.assertGreaterEqual(sum(steered.values()), by_xdp)
        self.assertNotIn(_through_sockets("eth3"), self.gateway.output())

    def _start(self):
        self.lab.start_gateway(FIREZONE_XDP_INTERFACE=",".join(_CABLES),
                               FIREZONE_WORKERS=str(_WORKERS))
        self.gateway = self.lab.program("gateway")
        self.setup = LoadSetup(self.lab)
        self.setup.prepare()

    def _plug_in(self, interface, near, far):
        client, gateway = self.lab.hosts["client2"], self.lab.hosts["gateway"]
        netns.connect(client, interface, gateway, interface, queues=_QUEUES)
        client.ip("address", "add", f"{near}/24", "dev", interface)
        gateway.ip("address", "add", f"{far}/24", "dev", interface)

    def _set_mtu(self, value):
        for host in ("client2", "gateway"):
            self.lab.hosts[host].ip("link", "set", "eth2", "mtu", str(value))

    def _link(self, interface, state):
        self.lab.hosts["gateway"].ip("link", "set", interface, state)

    def _all_arrives(self, interface):
        """Lets packets flow through a cable; returns how many."""
        self.lab.hosts["client2"].ip("route", "replace", f"{GATEWAY.host()[0]}/32", "via",
                                     _CABLES[interface][1])
        found = self.setup.run(
            "decrypt", "--case", "udp84", "--no-gso", "--window", str(_IN_FLIGHT), "--chunk-mb",
            "8", "--verify", peers=_PEERS, seconds=0.5)
        self.assertGreater(found["packets"], 0)
        self.assertEqual(found["packets"], found["sent"])
        for fault in ("lost", "refused", "corrupt", "sink_drops"):
            self.assertEqual(found[fault], 0, fault)
        return found["sent"]

    def _steered_until_the_end(self):
        """Ends the gateway; how many frames of data came through each ring that was open then."""
        self.lab.stop_gateway()
        said = self.gateway.output()
        self.assertIn("packet totals direction=to_resource", said)
        lines = re.findall(r'steering totals interface=(\w+) queue=(\d+) frames="steered_data=(\d+)'
                           r".* passed_no_socket=(\d+) ", said)
        for interface, queue, _, without_ring in lines:
            self.assertEqual(without_ring, "0", f"{interface} {queue}")
        return {(interface, int(queue)): int(data) for interface, queue, data, _ in lines}


if __name__ == "__main__":
    requirements.need_namespaces()
    sys.exit(unittest.main(verbosity=2))
