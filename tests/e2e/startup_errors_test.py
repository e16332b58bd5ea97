#!/usr/bin/python3
"""What an operator gets wrong: one clear sentence, the right code, nothing left half set up."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import threading
import time
import unittest

import requirements

from gateway_case import AT_ONCE_S, FAILED, USAGE, OnOneHost, Verdicts
from gateway_host import GATEWAY, PORTAL, SILENT_ADDRESS, GatewayHost
from lab import cast, world

_FIRST_LOGIN_LIMIT_S = 15

_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
           "--bounding-set=-all")
_POWERLESS_ROOT = ("setpriv", "--inh-caps=-net_admin", "--bounding-set=-net_admin")

_SLOW_ANSWER_OPTIONS = "timeout:20 attempts:3"


def after(script):
    """A prefix that runs a shell command in the program's own mount namespace first."""
    return ("sh", "-c", f'{script} && exec "$@"', "sh")


class BadInput(OnOneHost):
    def test_values_that_cannot_be_meant(self):
        for words, arguments, environment in (
                (("token",), (), {"FIREZONE_TOKEN": None}),
                (("token",), (), {"FIREZONE_TOKEN": ""}),
                (("FIREZONE_TOKEN", "no token"), (), {
                    "FIREZONE_TOKEN": None, "CREDENTIALS_DIRECTORY": "/var/lib/credentials"}),
                (("FIREZONE_NO_TELEMETRY", "true or false"), (), {"FIREZONE_NO_TELEMETRY": "1"}),
                (("FIREZONE_API_URL", "empty"), (), {"FIREZONE_API_URL": ""}),
                (("HEALTH_CHECK_ADDR", "0.0.0.0:8080"), (), {"HEALTH_CHECK_ADDR": "8080"}),
                (("FIREZONE_UDP_SEND_BUFFER_SIZE", "bytes"), (), {
                    "FIREZONE_UDP_SEND_BUFFER_SIZE": "16M"}),
                (("FIREZONE_MAX_PARTITION_TIME", "24h"), (), {
                    "FIREZONE_MAX_PARTITION_TIME": "a day"}),
                (("--datapath", "auto", "socket"), ("--datapath", "nonsense"), {}),
                (("--xdp-interface", "commas"), ("--xdp-interface", "eth0,,eth1"), {}),
                (("--workers", "1"), ("--workers", "0"), {}),
                (("--firezone-nam", "--help"), ("--firezone-nam", "x"), {}),
                (("--api-url", "value"), ("--api-url",), {}),
                (("TOKEN", "twice"), ("one", "two"), {})):
            with self.subTest(arguments=arguments, environment=environment):
                credentials = self.host.files("lib/credentials")
                credentials.mkdir(exist_ok=True)
                (credentials / "FIREZONE_TOKEN").write_text(" \n", encoding="ascii")
                self.refuses(USAGE, *words, arguments=arguments, **environment)

    def test_urls_that_lead_nowhere(self):
        for url in ("ftp://portal.lab", "portal.lab", "wss://", "ws://portal.lab:99999", "\x01"):
            with self.subTest(url=url):
                self.refuses(FAILED, "URL", FIREZONE_API_URL=url)

    def test_a_token_the_portal_does_not_know(self):
        ended = self.refuses(FAILED, "401", "token", FIREZONE_TOKEN=".wrong-token")
        self.assertNotIn(".wrong-token", ended.stderr + ended.stdout)

    def test_id_files_that_hold_no_id(self):
        path = self.host.files("lib/firezone/gateway_id")
        for content, word in ((b"\xff\x00garbage \x01 here", "Firezone ID"),
                              (b'{"id":', "Firezone ID"),
                              (b'{"name":"x"}', "Firezone ID"),
                              (b"x" * 100_000, "64 KiB")):
            with self.subTest(content=content[:20]):
                self.addCleanup(path.unlink, missing_ok=True)
                path.write_bytes(content)
                self.refuses(FAILED, "/var/lib/firezone/gateway_id", word, FIREZONE_ID=None)

    def test_an_id_file_that_cannot_be_read(self):
        path = self.host.files("lib/firezone/gateway_id")
        path.mkdir()
        self.addCleanup(path.rmdir)
        self.refuses(FAILED, "cannot read /var/lib/firezone/gateway_id", FIREZONE_ID=None)

    def test_help_and_version_need_nothing(self):
        for flag, word in (("--help", "FIREZONE_TOKEN"), ("-h", "--api-url"),
                           ("--version", "firezone-gateway"), ("-V", "firezone-gateway")):
            with self.subTest(flag=flag):
                gateway = self.host.start_gateway(
                    flag, prefix=_NOBODY, binary=self.readable_binary(), FIREZONE_TOKEN=None)
                ended = gateway.ended(AT_ONCE_S)
                self.assertEqual((ended.status, ended.stderr), (0, ""))
                self.assertIn(word, ended.stdout)
                self.assertFalse(ended.stdout.endswith("\n\n"), ended.stdout)
                self.assertClean(self.host)

    def readable_binary(self):
        """A copy that nobody in particular may run, wherever the build folder is."""
        copy = self.host.files("lib/firezone-gateway")
        if not copy.exists():
            shutil.copy(GATEWAY, copy)
            copy.chmod(0o755)
        return "/var/lib/firezone-gateway"


class BadHost(OnOneHost):
    readable_binary = BadInput.readable_binary

    def test_no_permission(self):
        self.refuses(FAILED, "CAP_NET_ADMIN", prefix=_NOBODY, binary=self.readable_binary())

    def test_root_in_a_container_without_the_permission(self):
        self.refuses(FAILED, "NET_ADMIN", prefix=_POWERLESS_ROOT)

    def test_no_permission_and_told_not_to_check(self):
        self.refuses(FAILED, "permi", prefix=_NOBODY, binary=self.readable_binary(),
                     arguments=("--no-check",))

    def test_a_tun_node_that_is_something_else(self):
        self.refuses(FAILED, "tun", prefix=after("mount --bind /dev/null /dev/net/tun"))

    def test_a_tun_node_that_may_not_be_opened(self):
        self.refuses(FAILED, "/dev/net/tun",
                     prefix=after("mount --bind /dev/net /dev/net && "
                                  "mount -o remount,bind,nodev /dev/net"))

    def test_a_device_of_that_name(self):
        self.host.command("ip", "tuntap", "add", "tun-firezone", "mode", "tun")
        gateway = self.host.start_gateway()
        ended = gateway.ended(AT_ONCE_S)
        self.host.command("ip", "link", "delete", "tun-firezone")
        self.assertEqual(ended.status, FAILED)
        self.assertOneSentence(ended, "tun-firezone", "exists", "ip link delete")
        self.assertClean(self.host)

    def test_the_usual_port_is_taken(self):
        for family, address, version in ((socket.AF_INET, "0.0.0.0", "-4"),
                                         (socket.AF_INET6, "::", "-6")):
            with self.subTest(address=address), self.occupied(family, address):
                gateway = self.starts()
                self.assertIn("52625", gateway.stdout())
                self.assertIn(" WARN ", gateway.stdout())
                mine = [line for line in self.host.command("ss", version, "-Hulnp").splitlines()
                        if f"pid={gateway.pid}," in line and ":52625" not in line]
                self.assertTrue(mine, "it has no other port")
                gateway.signal(signal.SIGTERM)
                self.assertEndsTidily(self.host, gateway)

    def test_the_health_port_is_taken(self):
        """Upstream's behaviour: the gateway is worth more than its health page."""
        with self.occupied(socket.AF_INET, "0.0.0.0", 8080, socket.SOCK_STREAM):
            gateway = self.starts()
            gateway.signal(signal.SIGTERM)
            self.assertEndsTidily(self.host, gateway)

    def test_a_second_gateway_leaves_the_first_alone(self):
        first = self.starts()
        second = self.host.start_gateway().ended(AT_ONCE_S)
        self.assertEqual(second.status, FAILED)
        self.assertOneSentence(second, "another firezone-gateway is already running")
        self.assertEqual(self.host.traces(),
                         ["device", "nftables table", "policy rule", "process"])
        self.assertTrue(first.alive())
        self.assertTrue(self.host.portal.state()["devices"][0]["online"])
        first.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, first)

    @contextlib.contextmanager
    def occupied(self, family, address, port=52625, kind=socket.SOCK_DGRAM):
        """Somebody else's socket in the host's namespace, made by a thread that visits it."""
        made = []
        visitor = threading.Thread(target=lambda: made.append(self._bind(
            family, address, port, kind)))
        visitor.start()
        visitor.join()
        with made[0]:
            yield

    def _bind(self, family, address, port, kind):
        enter_namespace(self.host.namespace.name)
        other = socket.socket(family, kind)
        if family == socket.AF_INET6:
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind((address, port))
        if kind == socket.SOCK_STREAM:
            other.listen()
        return other


class Endings(OnOneHost):
    def test_asked_to_end(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                since = self.host.portal.last_seq()
                gateway = self.starts()
                gateway.signal(number)
                self.assertEndsTidily(self.host, gateway)
                left = self.host.portal.wait_for("the portal sees no end", 2, after=since,
                                                 role="gateway", event="disconnected")
                self.assertIn("1000", left["cause"])

    def test_asked_to_end_while_the_portal_hangs(self):
        gateway = self.starts()
        self.portal_hangs()
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway)

    def test_asked_twice_to_end(self):
        gateway = self.starts()
        self.portal_hangs()
        gateway.signal(signal.SIGTERM)
        time.sleep(0.1)
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway, limit_s=0.7)

    def test_asked_to_end_before_it_is_logged_in(self):
        for name, environment in (
                ("refused", {"FIREZONE_API_URL": "ws://127.0.0.1:9"}),
                ("silent", {"FIREZONE_API_URL": f"ws://{SILENT_ADDRESS}:8081"}),
                ("being looked up", {"FIREZONE_API_URL": "ws://portal.example:8081"})):
            with self.subTest(portal=name):
                self.host.set_nameserver(SILENT_ADDRESS, _SLOW_ANSWER_OPTIONS)
                self.addCleanup(self.host.set_nameserver, "127.0.0.1")
                gateway = self.host.start_gateway(**environment)
                gateway.wait_for_output("starting")
                time.sleep(0.7)
                gateway.signal(signal.SIGTERM)
                self.assertEndsTidily(self.host, gateway)

    def test_killed_and_started_again(self):
        first = self.starts()
        first.signal(signal.SIGKILL)
        self.assertEqual(first.ended(AT_ONCE_S).status, -signal.SIGKILL)
        second = self.starts()
        self.assertEqual(self.host.traces(),
                         ["device", "nftables table", "policy rule", "process"])
        second.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, second)

    def portal_hangs(self):
        self.host.signal_portal(signal.SIGSTOP)
        self.addCleanup(self.host.signal_portal, signal.SIGCONT)


class UnreachablePortal(Verdicts):
    """All at once, each on a host of its own: they all take as long as a first login may."""

    CASES = {
        "refuses": (f"ws://{PORTAL}:9", ("portal.lab, port 9", "refused")),
        "has no name": ("ws://portal.example:8081", ("resolve", "portal.example")),
        "drops packets": (f"ws://{SILENT_ADDRESS}:8081",
                          (f"{SILENT_ADDRESS}, port 8081", "timed out")),
        "drops packets of name lookups": ("ws://portal.example:8081",
                                          ("resolve", "portal.example")),
        "says nothing": (f"ws://{PORTAL}:8082", ("portal.lab", "does not answer")),
        "says nothing of TLS": (f"wss://{PORTAL}:8082", ("portal.lab", "does not answer")),
        "hangs up": (f"ws://{PORTAL}:8083", ("upgrade",)),
        "is no portal": (f"ws://{PORTAL}:{cast.PORTAL_PORT}/nowhere?", ("HTTP 503",)),
    }

    def test_the_first_login_gives_up_and_says_why(self):
        with contextlib.ExitStack() as stack:
            started = []
            for name, (url, words) in self.CASES.items():
                host = stack.enter_context(GatewayHost())
                self.prepare(stack, host, name)
                started.append((name, host, words, host.start_gateway(FIREZONE_API_URL=url)))
            for name, host, words, gateway in started:
                with self.subTest(portal=name):
                    ended = self.assertRefused(host, gateway, FAILED, *words,
                                               limit_s=_FIRST_LOGIN_LIMIT_S + 8)
                    self.assertGreater(ended.took_s, _FIRST_LOGIN_LIMIT_S - 3)
                    self.assertLess(ended.took_s, _FIRST_LOGIN_LIMIT_S + 3)

    def prepare(self, stack, host, name):
        if name == "has no name":
            host.start_dns()
        elif name == "drops packets of name lookups":
            host.set_nameserver(SILENT_ADDRESS, _SLOW_ANSWER_OPTIONS)
        elif name.startswith("says nothing"):
            stack.enter_context(listening(host, 8082))
        elif name == "hangs up":
            stack.enter_context(listening(host, 8083, hangs_up=True))
        elif name == "is no portal":
            host.start_portal()
            host.portal.fail_logins(role="gateway", status=503, count=100, body="come back later",
                                    headers={"Retry-After": "1"})


@contextlib.contextmanager
def listening(host, port, hangs_up=False):
    """A server in the host's namespace that takes connections and has nothing to say."""
    ready, done = threading.Event(), threading.Event()

    def serve():
        enter_namespace(host.namespace.name)
        held = []
        with socket.create_server(("", port)) as server:
            server.settimeout(0.1)
            ready.set()
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    held.append(server.accept()[0])
                    if hangs_up:
                        held.pop().close()
        for connection in held:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def enter_namespace(name):
    """For the calling thread, until it ends."""
    descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    outcome = libc.setns(descriptor, 0x40000000)  # CLONE_NEWNET
    os.close(descriptor)
    if outcome != 0:
        raise OSError(ctypes.get_errno(), "setns")


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
