#!/usr/bin/python3
"""A portal that misbehaves: the gateway finds its way back, at a pace, and its tunnels live on."""

import contextlib
import json
import subprocess
import time
import unittest
from email.utils import formatdate

import requirements

from gateway_host import PORTAL, GatewayHost
from lab import cast, proofs, topology
from lab.cast import Cast
from lab.lab import Lab

OPEN4, OPEN6 = topology.OPEN.host()

_RETURN_LIMIT_S = 15
_AT_ONCE_S = 3
# Newer portals refuse more than one login per second; a clock may be a little off.
_SHORTEST_PAUSE_S = 0.95
_FAILED = 1


class RunningGateway(unittest.TestCase):
    """Gateway and client, connected; every test leaves them so."""

    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab(Cast.of()))
        cls.lab.start_gateway()
        cls.lab.start_client()
        for address in (OPEN4, OPEN6):
            proofs.reaches(cls.lab, address)

    def setUp(self):
        self.portal = self.lab.portal
        self.since = self.portal.last_seq()

    def tearDown(self):
        if not self.lab.program("gateway").alive():
            self.lab.start_gateway()
        for address in (OPEN4, OPEN6):
            proofs.reaches(self.lab, address)
        deadline = time.monotonic() + _RETURN_LIMIT_S
        while not self.online():
            self.assertLess(time.monotonic(), deadline, "the gateway does not come back")
            time.sleep(0.05)

    def online(self):
        return any(device["kind"] == "gateway" and device["online"]
                   for device in self.portal.state()["devices"])

    def happens(self, what, limit_s=_AT_ONCE_S, **wanted):
        return self.portal.wait_for(what, limit_s, after=self.since, role="gateway", **wanted)

    def comes_back(self, limit_s=_RETURN_LIMIT_S):
        return self.happens("the gateway does not come back", limit_s, direction="out",
                            event="init")

    def joins_again(self):
        """On the connection it has."""
        self.happens("the gateway does not join again", direction="in", event="phx_join")
        self.comes_back()
        self.assertEqual(self.logins(), [])

    def logins(self):
        return [entry["time"] for entry in self.portal.list(
            after=self.since, role="gateway", event="login")]

    def assertPaced(self, at_least=1, pause_s=_SHORTEST_PAUSE_S):
        logins = self.logins()
        self.assertGreaterEqual(len(logins), at_least)
        pauses = [later - sooner for sooner, later in zip(logins, logins[1:])]
        self.assertTrue(all(pause >= pause_s for pause in pauses), pauses)

    def assertTunnelLives(self):
        proofs.ping(self.lab, OPEN4)
        proofs.ping(self.lab, OPEN6)

    def assertUnmoved(self):
        """It neither left nor joined again, and answers the portal still."""
        self.assertTunnelLives()
        self.assertEqual(self.logins(), [])
        self.assertEqual(self.portal.list(
            after=self.since, role="gateway", event="disconnected"), [])

    def assertEnds(self, *words):
        """With a sentence, and with goodbyes, upon which the client asks anew."""
        gateway = self.lab.program("gateway")
        self.assertEqual(gateway.wait(_RETURN_LIMIT_S), _FAILED)
        sentence = gateway.tail(1)
        self.assertTrue(sentence.startswith("firezone-gateway: "), sentence)
        for word in words:
            self.assertIn(word, sentence)
        self.assertFalse(proofs.pings(self.lab, OPEN4))
        self.portal.wait_for("the client got no goodbye", _AT_ONCE_S, after=self.since,
                             role="client", direction="in", event="create_flow")


class Logins(RunningGateway):
    def test_refusals_are_retried_at_a_pace(self):
        for status in (302, 403, 404, 409, 429, 500):
            with self.subTest(status=status):
                self.since = self.portal.last_seq()
                self.portal.fail_logins(role="gateway", status=status, count=2, body="not now")
                self.portal.drop(role="gateway")
                self.comes_back()
                self.assertPaced(at_least=3)

    def test_tunnels_outlive_a_long_refusal(self):
        self.portal.fail_logins(role="gateway", status=503, count=4, headers={"Retry-After": "1"})
        self.portal.drop(role="gateway")
        self.assertTunnelLives()
        self.assertTunnelLives()
        self.comes_back()
        self.assertPaced(at_least=5)

    def test_the_portal_says_when_to_retry(self):
        for form in ("seconds", "date"):
            with self.subTest(form=form):
                value = "4" if form == "seconds" else formatdate(time.time() + 5, usegmt=True)
                self.since = self.portal.last_seq()
                self.portal.fail_logins(role="gateway", status=503,
                                        headers={"Retry-After": value})
                self.portal.drop(role="gateway")
                self.comes_back()
                self.assertPaced(at_least=2, pause_s=2.5)

    def test_absurd_advice_is_no_advice(self):
        for value in ("-1", "soon", "0"):
            with self.subTest(retry_after=value):
                self.since = self.portal.last_seq()
                self.portal.fail_logins(role="gateway", status=503, count=2,
                                        headers={"Retry-After": value})
                self.portal.drop(role="gateway")
                self.comes_back()
                self.assertPaced(at_least=3)

    def test_a_token_that_is_no_longer_good_is_the_end(self):
        self.portal.fail_logins(role="gateway", status=401, body="Invalid token")
        self.portal.drop(role="gateway")
        self.assertEnds("401", "Invalid token")

    def test_nobody_listens_for_a_while(self):
        gateway = self.lab.hosts["gateway"]
        gateway.nft("""
            table inet outage {
                counter dials { }
                chain out {
                    type filter hook output priority filter; policy accept;
                    tcp dport 8081 tcp flags syn counter name dials
                    tcp dport 8081 reject with tcp reset
                }
            }""")
        try:
            self.portal.drop(role="gateway")
            time.sleep(6)
            self.assertTunnelLives()
            listed = json.loads(gateway.command(
                ["nft", "-j", "list", "counters", "table", "inet", "outage"]))
        finally:
            gateway.nft("delete table inet outage")
        dials = next(entry["counter"]["packets"] for entry in listed["nftables"]
                     if "counter" in entry)
        self.assertIn(dials, range(3, 17))  # two addresses per attempt
        self.comes_back()

    def test_a_portal_that_drops_everybody_is_not_hammered(self):
        for _ in range(4):
            since = self.portal.last_seq()
            self.portal.drop(role="gateway")
            self.portal.wait_for("the gateway does not come back", _RETURN_LIMIT_S, after=since,
                                 role="gateway", direction="out", event="init")
        self.assertPaced(at_least=4)


class Channels(RunningGateway):
    def test_a_closed_channel(self):
        self.portal.drop(role="gateway", how="phx_close")
        self.comes_back()
        self.assertPaced()

    def test_a_crashed_channel(self):
        self.portal.drop(role="gateway", how="phx_error")
        self.joins_again()

    def test_a_channel_the_portal_has_lost(self):
        self.reply("error", {"reason": "unmatched topic"})
        self.joins_again()

    def test_a_channel_that_keeps_crashing_is_left(self):
        for _ in range(8):
            joined = self.portal.last_seq()
            self.portal.drop(role="gateway", how="phx_error")
            self.portal.wait_for("the gateway does not join again", _RETURN_LIMIT_S, after=joined,
                                 role="gateway", direction="out", event="init")
        self.assertPaced(at_least=1)

    def test_other_error_replies(self):
        for reason in ("invalid_ref", "disabled", "something new"):
            self.reply("error", {"reason": reason})
        self.assertUnmoved()

    def test_a_join_without_answer(self):
        self.portal.fail_join(role="gateway")
        self.portal.drop(role="gateway")
        self.comes_back(limit_s=20)
        self.assertPaced(at_least=2, pause_s=4.5)

    def test_a_join_that_is_refused_is_the_end(self):
        self.portal.fail_join(role="gateway", answer="not for you")
        self.portal.drop(role="gateway")
        self.assertEnds("not for you")

    def test_an_expired_token_is_the_end(self):
        self.portal.drop(role="gateway", how="token_expired")
        self.assertEnds("token", "expired")

    def test_being_sent_away_for_another_reason(self):
        self.portal.send(role="gateway", event="disconnect", payload={"reason": "maintenance"})
        self.comes_back()
        self.assertPaced()

    def reply(self, status, response):
        self.portal.send_text(role="gateway", text=json.dumps({
            "topic": "gateway", "event": "phx_reply", "ref": 0,
            "payload": {"status": status, "response": response}}))


class Frames(RunningGateway):
    def test_nonsense_is_survived(self):
        deep = "[" * 5000 + "]" * 5000
        for text in ("", "\x00\x01\x02", "nonsense", "[]", "null", "42", '"text"', "{}",
                     '{"topic":"gateway"}', '{"topic":7,"event":[],"payload":{},"ref":null}',
                     '{"topic":"gateway","event":"init","payload":null,"ref":null}',
                     '{"topic":"gateway","event":"init","payload":{"relays":7},"ref":null}',
                     '{"topic":"gateway","event":"authorize_flow","payload":{},"ref":null}',
                     '{"topic":"gateway","event":"phx_reply","payload":{},"ref":"one"}',
                     '{"topic":"gateway","event":"phx_reply","payload":{},"ref":-1}',
                     '{"topic":"gateway","event":"phx_reply","payload":{},"ref":1e300}',
                     f'{{"topic":"gateway","event":"init","payload":{deep},"ref":null}}',
                     '{"topic":"gateway","event":"' + "x" * 50000 + '","payload":{},"ref":null}'):
            self.portal.send_text(role="gateway", text=text)
        self.assertUnmoved()

    def test_unknown_events_and_fields_are_survived(self):
        self.portal.send(role="gateway", event="dance", payload={"with": "me"})
        self.portal.send(role="gateway", event="reject_access", payload={
            "client_id": "c0ffee00-0000-4000-8000-000000000000",
            "resource_id": "c0ffee00-0000-4000-8000-000000000001", "because": ["new", "field"]})
        self.portal.send(role="gateway", event="ice_candidates", payload={
            "client_id": "c0ffee00-0000-4000-8000-000000000000", "candidates": ["nonsense"]})
        self.assertUnmoved()

    def test_a_frame_that_is_cut_short(self):
        self.portal.send_text(role="gateway", text='{"topic":"gateway","event":"in')
        self.comes_back()
        self.assertPaced()

    def test_pings(self):
        self.portal.send_ping(role="gateway")
        self.portal.send_ping(role="gateway", payload="are you there?")
        self.assertUnmoved()

    def test_close_frames(self):
        for code, reason in ((1000, ""), (1001, "deploying"), (1011, ""), (4000, "x" * 100)):
            with self.subTest(code=code):
                self.since = self.portal.last_seq()
                self.portal.drop(role="gateway", how="close", code=code, reason=reason)
                self.assertTunnelLives()
                self.comes_back()
                self.assertPaced()


class Relays(RunningGateway):
    def test_a_client_is_authorised_while_there_are_no_relays(self):
        """The gateway asks for relays by logging in anew, again and again but at a pace."""
        self.lab.stop_relay()
        self.happens("the gateway does not hear of the relay's end", 10, direction="out",
                     event="relays_presence")
        self.lab.start_client("client2")
        deadline = time.monotonic() + 10
        while not self.portal.list(after=self.since, role="gateway", event="authorize_flow"):
            self.assertLess(time.monotonic(), deadline, "nobody asks for the gateway")
            proofs.pings(self.lab, OPEN4, "client2")
        self.comes_back()
        self.assertPaced()
        self.lab.start_relay()
        proofs.reaches(self.lab, OPEN4, "client2", limit_s=45)
        proofs.reaches(self.lab, OPEN4, limit_s=45)
        self.lab.stop_client("client2")


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(GatewayHost())
        cls.folder = cls.host.files("lib/tls")
        cls.folder.mkdir()
        authority(cls.folder, "ca")
        authority(cls.folder, "other-ca")

    def test_a_certificate_of_a_trusted_authority(self):
        with self.portal_with("good", f"DNS:{PORTAL}"):
            since = self.host.portal.last_seq()
            gateway = self.start(trusting="ca")
            self.host.portal.wait_for("the gateway does not join", 5, after=since,
                                      role="gateway", direction="out", event="init")
            gateway.signal(15)
            self.assertEqual(gateway.ended(3).status, 0)

    def test_an_address_instead_of_a_name(self):
        with self.portal_with("address", "IP:127.0.0.1"):
            gateway = self.start(trusting="ca", host="127.0.0.1")
            gateway.wait_for_output("logged in")
            gateway.signal(15)
            self.assertEqual(gateway.ended(3).status, 0)
            self.assertRefused(self.start(trusting="ca", host="[::1]"))

    def test_an_authority_nobody_knows(self):
        with self.portal_with("unknown", f"DNS:{PORTAL}"):
            self.assertRefused(self.start(trusting="other-ca"), "issuer")
            self.assertRefused(self.start(trusting=None), "issuer")

    def test_the_certificate_of_another_host(self):
        with self.portal_with("stranger", "DNS:stranger.lab"):
            self.assertRefused(self.start(trusting="ca"), "ostname mismatch")

    def test_an_expired_certificate(self):
        with self.portal_with("old", f"DNS:{PORTAL}", days=-1):
            self.assertRefused(self.start(trusting="ca"), "expired")

    def test_a_portal_that_does_not_speak_tls(self):
        self.host.start_portal()
        try:
            ended = self.start(trusting="ca").ended(20)
        finally:
            self.host.stop_portal()
        self.assertEqual(ended.status, _FAILED)
        self.assertIn("TLS", ended.stderr)

    def assertRefused(self, gateway, *words):
        ended = gateway.ended(5)
        self.assertEqual(ended.status, _FAILED, ended.stdout)
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
        for word in ("certificate", *words):
            self.assertIn(word, ended.stderr)
        self.assertEqual(self.host.traces(), [])

    def start(self, trusting, host=PORTAL):
        environment = {"SSL_CERT_FILE": f"/var/lib/tls/{trusting}.pem"} if trusting else {}
        return self.host.start_gateway(
            FIREZONE_API_URL=f"wss://{host}:{cast.PORTAL_PORT}", **environment)

    @contextlib.contextmanager
    def portal_with(self, name, alternative, days=1):
        certificate(self.folder, name, alternative, days)
        self.host.start_portal("--tls-cert", str(self.folder / f"{name}.pem"),
                               "--tls-key", str(self.folder / f"{name}.key"))
        try:
            yield
        finally:
            self.host.stop_portal()


def authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "1", "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key",
            "-out", folder / f"{name}.pem")


def certificate(folder, name, alternative, days):
    """Signed by "ca"."""
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=portal", "-addext", f"subjectAltName={alternative}",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
    openssl("x509", "-req", "-in", folder / f"{name}.csr", "-copy_extensions", "copy",
            "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial",
            "-days", days, "-out", folder / f"{name}.pem")


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
