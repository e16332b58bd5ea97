"""Test cases about one gateway on a host of its own: how they start it and judge its end."""

import time
import unittest

from gateway_host import GatewayHost
from lab import world

# Without network to wait for, an end is a matter of moments; the rest is for a busy machine.
AT_ONCE_S = 5
_ENDING_LIMIT_S = 2

FAILED = 1
USAGE = 2


class Verdicts(unittest.TestCase):
    """How the end of a gateway is judged."""

    def assertClean(self, host):
        self.assertEqual(host.traces(), [])

    def assertOneSentence(self, ended, *words):
        lines = ended.stderr.splitlines()
        self.assertEqual(len(lines), 1, ended.stderr)
        self.assertTrue(lines[0].startswith("firezone-gateway: "), lines[0])
        for word in words:
            self.assertIn(word, lines[0])
        self.assertNotIn(world.SITE_TOKEN, ended.stderr + ended.stdout)

    def assertRefused(self, host, gateway, status, *words, limit_s=AT_ONCE_S):
        ended = gateway.ended(limit_s)
        self.assertEqual(ended.status, status, ended.stderr + ended.stdout)
        self.assertOneSentence(ended, *words)
        self.assertClean(host)
        return ended

    def assertEndsTidily(self, host, gateway, limit_s=_ENDING_LIMIT_S):
        begin = time.monotonic()
        ended = gateway.ended(limit_s + AT_ONCE_S)
        self.assertEqual((ended.status, ended.stderr), (0, ""), ended.stdout)
        self.assertLess(time.monotonic() - begin, limit_s)
        self.assertIn("goodbye", ended.stdout)
        self.assertClean(host)


class OnOneHost(Verdicts):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(GatewayHost())
        cls.host.start_portal()
        cls.host.start_dns()

    def refuses(self, status, *words, arguments=(), **options):
        gateway = self.host.start_gateway(*arguments, **options)
        return self.assertRefused(self.host, gateway, status, *words)

    def starts(self, **options):
        since = self.host.portal.last_seq()
        gateway = self.host.start_gateway(**options)
        self.addCleanup(gateway.ended, 0)
        self.host.portal.wait_for("the gateway does not join", AT_ONCE_S, after=since,
                                  role="gateway", direction="out", event="init")
        return gateway
