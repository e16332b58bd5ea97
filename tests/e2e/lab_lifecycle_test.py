#!/usr/bin/python3
"""The lab leaves nothing behind, however it ends, and labs do not disturb each other."""

import pathlib
import signal
import subprocess
import sys
import unittest

import requirements

from lab import lease, netns
from lab.cast import Cast
from lab.lab import Lab
from lab.program import ProgramFailed

_LIMIT_S = 20

# A lab in a process of its own, without gateway and client: it says where it is and stays.
_OTHER = """
import signal, sys
sys.path.insert(0, sys.argv[1])
from lab.cast import Cast
from lab.lab import Lab
try:
    with Lab(Cast.of()) as lab:
        prefix = lab.hosts["client"].name.removesuffix("client")
        print(prefix, lab.program("portal").pid(), flush=True)
        signal.pause()
except KeyboardInterrupt:
    sys.exit(0)
"""


class Other:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OTHER, str(pathlib.Path(lease.__file__).parents[1])],
            stdout=subprocess.PIPE, text=True)
        self.prefix, portal = self.process.stdout.readline().split()
        self.portal_pid = int(portal)

    def end(self, number):
        self.process.send_signal(number)
        status = self.process.wait(_LIMIT_S)
        self.process.stdout.close()
        return status


def lives(pid):
    """Whether the process runs; one that is dead but not yet collected does not."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return "\nState:\tZ" not in status


class Lifecycle(unittest.TestCase):
    def assertGone(self, prefix):
        self.assertEqual(netns.names_starting(prefix), [])

    def test_every_way_to_end_it_is_tidy(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            other = Other()
            self.assertTrue(netns.names_starting(other.prefix))
            self.assertEqual(other.end(number), 0)
            self.assertGone(other.prefix)

    def test_a_crashed_lab_is_swept_by_the_next(self):
        other = Other()
        other.end(signal.SIGKILL)
        self.assertTrue(netns.names_starting(other.prefix))
        with Lab(Cast.of()):
            self.assertFalse(lives(other.portal_pid), "the crashed lab's portal lives on")
        self.assertGone(other.prefix)

    def test_two_labs_live_side_by_side(self):
        other = Other()
        with Lab(Cast.of()) as lab:
            self.assertFalse(lab.hosts["client"].name.startswith(other.prefix))
            lab.on("services", ["ping", "-c", "1", "-W", "1", "198.51.100.2"])
        self.assertTrue(netns.names_starting(other.prefix))
        other.end(signal.SIGTERM)

    def test_a_failing_start_leaves_nothing(self):
        lab = Lab(Cast.of(relay="/bin/false"))
        with self.assertRaises(ProgramFailed):
            lab.__enter__()
        self.assertGone(lab.hosts["client"].name)


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main()
