#!/usr/bin/python3
"""The portal as a device sees it: HTTP answers, frames, pushes, over a socket of the loopback."""

import asyncio
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import urllib.parse

import websockets

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from lab.portal import config, control, phoenix, server  # noqa: E402
from lab.portal.portal import Portal  # noqa: E402

KEYS = {"gateway": "3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f4=",
        "client": "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}
TOKENS = {"gateway": "site-token", "client": "alice-token", "relay": "relay-token"}
VERSIONS = {"gateway": "connlib/1.4.17", "client": "connlib/1.5.4", "relay": "relay/0.1.0"}
FIXED_RELAY = {"ipv4": "192.0.2.9", "ipv6": "2001:db8::9", "port": 3478,
               "username": "fixed", "password": "secret"}


def configuration(relays):
    return config.parse({
        "account": {"slug": "test"},
        "sites": [{"name": "hq", "token": TOKENS["gateway"]}],
        "actors": [{"name": "alice", "token": TOKENS["client"]}],
        "relay_tokens": [TOKENS["relay"]],
        "relays": relays,
        "resources": [{"name": "net", "type": "cidr", "address": "10.20.0.0/16", "site": "hq"},
                      {"name": "other", "type": "cidr", "address": "10.30.0.1", "site": "hq"}],
        "policies": [{"actor": "alice", "resource": "net"}]})


class Device:
    """The far end of one WebSocket, one method per thing a device does."""

    def __init__(self, role, port, tls=None):
        self.role = role
        self._url = f"{'wss' if tls else 'ws'}://localhost:{port}/{role}/websocket"
        self._tls = tls
        self._ref = 0

    async def log_in(self, headers=None, **changes):
        """Opens the socket; a change to None leaves a parameter out."""
        query = {"token": TOKENS[self.role], "external_id": f"{self.role}-id",
                 "name": self.role, "public_key": KEYS.get(self.role), "ipv4": None,
                 "port": None}
        if self.role == "relay":
            query |= {"external_id": None, "ipv4": "192.0.2.7", "port": "3478"}
        query = {key: value for key, value in (query | changes).items() if value is not None}
        self._socket = await websockets.connect(
            f"{self._url}?{urllib.parse.urlencode(query)}", ssl=self._tls, compression=None,
            ping_interval=None,
            extra_headers={"User-Agent": f"Test/1.0.0 {VERSIONS[self.role]} (x)"} | (headers or {}))
        return self

    async def join(self, payload=None):
        """Joins and returns the `init` that follows the reply."""
        reply = await self.ask(self.role, "phx_join", payload)
        assert reply["payload"] == {"status": "ok", "response": {}}, reply
        return (await self.hear("init"))["payload"]

    async def say(self, topic, event, payload):
        self._ref += 1
        await self._socket.send(json.dumps(
            {"topic": topic, "event": event, "payload": payload, "ref": self._ref}))

    async def ask(self, topic, event, payload):
        await self.say(topic, event, payload)
        reply = await self.hear("phx_reply")
        assert reply["ref"] == self._ref and reply["topic"] == topic, reply
        return reply

    async def hear(self, event):
        """The next frame, which must be this event."""
        frame = json.loads(await asyncio.wait_for(self._socket.recv(), 5))
        assert frame["event"] == event, frame
        return frame

    async def gone(self):
        try:
            await asyncio.wait_for(self._socket.recv(), 5)
        except websockets.ConnectionClosed:
            return True
        return False

    async def leave(self):
        await self._socket.close()


class PortalOnWire(unittest.IsolatedAsyncioTestCase):
    relays = [FIXED_RELAY]

    async def asyncSetUp(self):
        self.portal = Portal(configuration(self.relays))
        self.server = await server.serve(self.portal, "localhost", 0, None)
        self.port = self.server.sockets[0].getsockname()[1]
        self.addAsyncCleanup(self._stop)

    async def _stop(self):
        self.server.close()
        await self.server.wait_closed()

    def device(self, role):
        return Device(role, self.port)

    async def refusal(self, role, **login):
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            await self.device(role).log_in(**login)
        return refused.exception.status_code


class Logins(PortalOnWire):
    async def test_tokens_are_of_one_type(self):
        self.assertEqual(await self.refusal("gateway", token=TOKENS["client"]), 401)
        self.assertEqual(await self.refusal("client", token=TOKENS["gateway"]), 401)
        self.assertEqual(await self.refusal("relay", token=TOKENS["gateway"]), 401)
        self.assertEqual(await self.refusal("gateway", token=None), 401)

    async def test_parameters_are_checked(self):
        self.assertEqual(await self.refusal("gateway", public_key="short"), 422)
        self.assertEqual(await self.refusal("gateway", external_id=None), 422)
        self.assertEqual(await self.refusal("relay", ipv4=None), 422)
        self.assertEqual(await self.refusal("relay", port="70000"), 422)

    async def test_a_program_without_version_is_refused(self):
        self.assertEqual(await self.refusal("gateway", headers={"User-Agent": "curl/8"}), 422)

    async def test_the_token_may_come_in_a_header(self):
        await self.device("gateway").log_in(
            token=None, headers={"X-Authorization": f"Bearer {TOKENS['gateway']}"})

    async def test_faults_are_answered_once(self):
        self.portal.faults.fail_login("gateway", 503, [("Retry-After", "2")], "busy", 1)
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            await self.device("gateway").log_in()
        self.assertEqual(refused.exception.status_code, 503)
        self.assertEqual(refused.exception.headers["Retry-After"], "2")
        await self.device("gateway").log_in()

    async def test_a_device_keeps_its_identity(self):
        first = await (await self.device("gateway").log_in()).join()
        second = await (await self.device("gateway").log_in(name="renamed")).join()
        self.assertEqual(first["interface"], second["interface"])


class Frames(PortalOnWire):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.gateway = await self.device("gateway").log_in()

    async def test_heartbeats_are_answered(self):
        reply = await self.gateway.ask("phoenix", "heartbeat", {})
        self.assertEqual(reply["payload"], {"status": "ok", "response": {}})

    async def test_nothing_is_heard_before_the_join(self):
        reply = await self.gateway.ask("gateway", "flow_authorized", {"ref": "x"})
        self.assertEqual(reply["payload"]["response"], {"reason": "unmatched topic"})

    async def test_unknown_events_and_refs_are_refused(self):
        await self.gateway.join()
        reply = await self.gateway.ask("gateway", "nonsense", {})
        self.assertEqual(reply["payload"]["response"], {"reason": "unknown_message"})
        reply = await self.gateway.ask("gateway", "flow_authorized", {"ref": "x"})
        self.assertEqual(reply["payload"]["response"], {"reason": "invalid_ref"})

    async def test_a_second_join_closes_the_first(self):
        await self.gateway.join()
        await self.gateway.say("gateway", "phx_join", None)
        await self.gateway.hear("phx_close")
        await self.gateway.hear("phx_reply")
        await self.gateway.hear("init")

    async def test_a_payload_of_the_wrong_shape_ends_the_channel_only(self):
        await self.gateway.join()
        await self.gateway.say("gateway", "flow_authorized", {})
        await self.gateway.hear("phx_error")
        await self.gateway.join()

    async def test_a_frame_that_is_none_ends_the_socket(self):
        await self.gateway._socket.send('{"topic":"gateway"}')
        self.assertTrue(await self.gateway.gone())

    async def test_silence_ends_the_socket(self):
        with unittest.mock.patch.dict(phoenix.IDLE_LIMIT_S, gateway=0.2):
            gateway = await self.device("gateway").log_in()
            self.assertTrue(await gateway.gone())

    async def test_a_join_can_be_refused(self):
        self.portal.faults.fail_join("gateway", "disabled")
        reply = await self.gateway.ask("gateway", "phx_join", None)
        self.assertEqual(reply["payload"], {"status": "error", "response": {"reason": "disabled"}})


class Flows(PortalOnWire):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.gateway = await self.device("gateway").log_in()
        await self.gateway.join()
        self.client = await self.device("client").log_in()
        init = await self.client.join()
        self.resources = {entry["name"]: entry["id"] for entry in init["resources"]}

    async def create(self, resource_id):
        await self.client.say("client", "create_flow",
                              {"resource_id": resource_id, "connected_gateway_ids": []})

    async def authorize(self):
        """One flow from request to grant; returns what both sides were told."""
        await self.create(self.resources["net"])
        to_gateway = (await self.gateway.hear("authorize_flow"))["payload"]
        reply = await self.gateway.ask("gateway", "flow_authorized", {"ref": to_gateway["ref"]})
        self.assertEqual(reply["payload"]["status"], "ok")
        return to_gateway, (await self.client.hear("flow_created"))["payload"]

    async def test_both_sides_are_told_the_same(self):
        to_gateway, to_client = await self.authorize()
        for shared in ("client_ice_credentials", "gateway_ice_credentials"):
            self.assertEqual(to_gateway[shared], to_client[shared])
        self.assertEqual(to_gateway["client"]["preshared_key"], to_client["preshared_key"])
        self.assertEqual(to_gateway["client"]["public_key"], KEYS["client"])
        self.assertEqual(to_client["gateway_public_key"], KEYS["gateway"])

    async def test_a_second_flow_has_the_same_credentials(self):
        first, _ = await self.authorize()
        second, _ = await self.authorize()
        self.assertEqual(first["client_ice_credentials"], second["client_ice_credentials"])
        self.assertNotEqual(first["ref"], second["ref"])

    async def test_candidates_cross(self):
        to_gateway, to_client = await self.authorize()
        await self.client.say("client", "broadcast_ice_candidates",
                              {"gateway_ids": [to_client["gateway_id"]], "candidates": ["a"]})
        heard = await self.gateway.hear("ice_candidates")
        self.assertEqual(heard["payload"],
                         {"client_id": to_gateway["client"]["id"], "candidates": ["a"]})
        await self.gateway.say("gateway", "broadcast_invalidated_ice_candidates",
                               {"client_ids": [to_gateway["client"]["id"]], "candidates": ["b"]})
        heard = await self.client.hear("invalidate_ice_candidates")
        self.assertEqual(heard["payload"],
                         {"gateway_id": to_client["gateway_id"], "candidates": ["b"]})

    async def test_what_no_policy_allows_is_forbidden(self):
        await self.create(self.portal.config.resource_named("other").id)
        failed = await self.client.hear("flow_creation_failed")
        self.assertEqual(failed["payload"]["reason"], "forbidden")

    async def test_without_a_gateway_the_site_is_offline(self):
        await self.gateway.leave()
        await self.portal.journal.wait(0, 5, role="gateway", event="disconnected")
        await self.create(self.resources["net"])
        failed = await self.client.hear("flow_creation_failed")
        self.assertEqual(failed["payload"]["reason"], "offline")

    async def test_a_new_init_lists_the_flows(self):
        to_gateway, to_client = await self.authorize()
        init = await (await self.device("gateway").log_in()).join()
        self.assertEqual(init["authorizations"], [{
            "client_id": to_gateway["client"]["id"], "resource_id": to_client["resource_id"],
            "expires_at": to_gateway["expires_at"]}])

    async def test_a_deleted_policy_is_told_to_both(self):
        to_gateway, to_client = await self.authorize()
        self.portal.revoke("alice", self.portal.config.resource_named("net"))
        self.assertEqual((await self.client.hear("resource_deleted"))["payload"],
                         to_client["resource_id"])
        self.assertEqual((await self.gateway.hear("reject_access"))["payload"], {
            "client_id": to_gateway["client"]["id"], "resource_id": to_client["resource_id"]})


class Relays(PortalOnWire):
    async def test_one_relay_is_two_entries_with_one_id(self):
        init = await (await self.device("gateway").log_in()).join()
        ipv4, ipv6 = init["relays"]
        self.assertEqual(ipv4["id"], ipv6["id"])
        self.assertEqual((ipv4["addr"], ipv6["addr"]), ("192.0.2.9:3478", "[2001:db8::9]:3478"))
        self.assertEqual((ipv4["username"], ipv4["password"]), ("fixed", "secret"))


class RelaysThatLogIn(PortalOnWire):
    relays = []

    async def test_who_has_none_hears_of_the_first(self):
        gateway = await self.device("gateway").log_in()
        self.assertEqual((await gateway.join())["relays"], [])
        relay = await self.device("relay").log_in()
        self.assertEqual(await relay.join({"stamp_secret": "00" * 32}), {})
        presence = (await gateway.hear("relays_presence"))["payload"]
        self.assertEqual(presence["disconnected_ids"], [])
        self.assertEqual(presence["connected"][0]["addr"], "192.0.2.7:3478")

    async def test_a_restarted_relay_leaves_and_joins_at_once(self):
        relay = await self.device("relay").log_in()
        await relay.join({"stamp_secret": "00" * 32})
        gateway = await self.device("gateway").log_in()
        (entry,) = (await gateway.join())["relays"]
        await relay.leave()
        await self.portal.journal.wait(0, 5, role="relay", event="disconnected")
        await (await self.device("relay").log_in()).join({"stamp_secret": "11" * 32})
        presence = (await gateway.hear("relays_presence"))["payload"]
        self.assertEqual(presence["disconnected_ids"], [entry["id"]])
        self.assertNotEqual(presence["connected"][0]["password"], entry["password"])

    async def test_a_relay_that_stays_away_is_announced(self):
        relay = await self.device("relay").log_in()
        await relay.join({"stamp_secret": "00" * 32})
        gateway = await self.device("gateway").log_in()
        (entry,) = (await gateway.join())["relays"]
        await relay.leave()
        presence = (await gateway.hear("relays_presence"))["payload"]
        self.assertEqual(presence, {"disconnected_ids": [entry["id"]], "connected": []})


class ControlSocket(PortalOnWire):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = f"{folder.name}/control"
        operator = await control.serve(self.portal, self.path)
        self.addCleanup(operator.close)

    async def do(self, **request):
        reader, writer = await asyncio.open_unix_connection(self.path)
        writer.write(json.dumps(request).encode() + b"\n")
        answer = json.loads(await reader.readline())
        writer.close()
        return answer

    async def test_mistakes_are_answered(self):
        self.assertFalse((await self.do(do="nonsense"))["ok"])
        self.assertFalse((await self.do(do="drop", role="gateway"))["ok"])
        self.assertFalse((await self.do(do="_portal"))["ok"])

    async def test_what_was_said_can_be_waited_for(self):
        since = (await self.do(do="last_seq"))["result"]
        waiting = asyncio.create_task(self.do(
            do="wait", timeout_s=5, after=since, role="gateway", event="heartbeat"))
        gateway = await self.device("gateway").log_in()
        await gateway.ask("phoenix", "heartbeat", {})
        self.assertEqual((await waiting)["result"]["direction"], "in")
        nothing = await self.do(do="wait", timeout_s=0.1, event="flow_authorized")
        self.assertIsNone(nothing["result"])

    async def test_connections_can_be_taken_away(self):
        gateway = await self.device("gateway").log_in()
        await gateway.join()
        await self.do(do="drop", role="gateway", how="token_expired")
        self.assertEqual((await gateway.hear("disconnect"))["payload"],
                         {"reason": "token_expired"})
        await self.do(do="drop", role="gateway")
        self.assertTrue(await gateway.gone())


class Tls(unittest.IsolatedAsyncioTestCase):
    async def test_wss(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate = f"{folder}/cert.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost", "-days", "1",
                 "-keyout", f"{folder}/key.pem", "-out", certificate],
                check=True, capture_output=True, timeout=20)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate, f"{folder}/key.pem")
            serving = await server.serve(Portal(configuration([])), "localhost", 0, tls)
            port = serving.sockets[0].getsockname()[1]
            trusting = ssl.create_default_context(cafile=certificate)
            device = await Device("gateway", port, trusting).log_in()
            await device.join()
            await device.leave()
            serving.close()


if __name__ == "__main__":
    unittest.main()
