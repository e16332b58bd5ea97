#!/usr/bin/python3
"""Bad manners on the HTTP ports cost the tunnel nothing: every echo comes back meanwhile, the
portal and new clients are served, and the gateway still answers afterwards."""

import concurrent.futures
import json
import sys
import unittest

import requirements

from lab import cast
from lab.cast import Cast
from lab.lab import Lab
from lab.load_setup import LoadSetup
from lab.topology import OPEN

_SERVERS = ("127.0.0.1:8080", "127.0.0.1:8089")
_SECONDS = 6
# Many times what an idle tunnel takes; a stall would be seconds.
_PATIENCE_US = 200_000
_INSIDE = cast.REPOSITORY / "tools/lab/inside"


class HttpAbuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(Cast.of()))
        cls.lab.start_gateway(FIREZONE_STATUS_ADDR="8089")
        cls.setup = LoadSetup(cls.lab)
        cls.setup.prepare()

    def abuses(self):
        argv = [sys.executable, str(_INSIDE / "http_abuse.py"), str(_SECONDS), *_SERVERS]
        return json.loads(self.lab.on("gateway", argv, limit_s=_SECONDS + 30))

    def status(self, path):
        return self.lab.on("gateway", ["curl", "-s", "-m", "10", "-o", "/dev/null", "-w",
                                       "%{http_code}", f"http://{path}"])

    def test_the_tunnel_does_not_notice(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            abuse = pool.submit(self.abuses)
            echoes = self.setup.run("latency", "--target", OPEN.host()[0], "--rate", "200",
                                    peers=1, seconds=_SECONDS - 3)
            made = abuse.result()
        print(f"{made}; {echoes['answered']} of {echoes['sent']} echoes, p50 {echoes['p50_us']} us, "
              f"p99 {echoes['p99_us']} us")
        for kind, count in made.items():
            self.assertGreater(count, 10, kind)
        self.assertGreater(echoes["sent"], 100)
        self.assertEqual(echoes["answered"], echoes["sent"])
        self.assertLess(echoes["p99_us"], _PATIENCE_US)
        self.assertEqual(self.status("127.0.0.1:8080/readyz"), "200")
        self.assertEqual(self.status("127.0.0.1:8089/metrics"), "200")
        self.assertEqual(self.setup.run("connect", peers=5, seconds=1)["alive"], 5)


if __name__ == "__main__":
    requirements.need_namespaces()
    sys.exit(unittest.main(verbosity=2))
