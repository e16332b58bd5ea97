#!/usr/bin/python3
"""What a running gateway says over HTTP, and the page that it shows, in a real browser."""

import contextlib
import http.server
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import requirements

from gateway_case import OnOneHost
from lab import cast

_HEALTH, _STATUS = "http://127.0.0.1:8080", "http://127.0.0.1:8089"
_BROWSER = "chromium"
_LIMIT_S = 60
_PICTURES = cast.REPOSITORY / "build" / "status_page"
_SIZES = ((390, 844), (1280, 800))
# Who sends this is nobody's client: data for a session that is not there, something longer than any
# datagram of a tunnel, and, from this host, a packet for a client that is not there.
_STRANGER = """
import socket, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    for _ in range(5):
        out.sendto(b"\\4" + bytes(63), ("127.0.0.1", 52625))
    out.sendto(b"\\4" + bytes(1999), ("127.0.0.1", 52625))
    out.sendto(bytes(16), ("100.64.7.7", 9))
    time.sleep(0.01)
"""
_CAUSES = ("unknown_session", "oversized", "unknown_peer")


class ShortLived(http.server.BaseHTTPRequestHandler):
    """A gateway that showed its page and its figures once, and then is gone."""

    def do_GET(self):
        said = self.server.answers.pop(self.path, None)
        self.send_response(500 if said is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((said or "it is gone").encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def short_lived_gateway(answers):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ShortLived)
    server.answers = answers
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class StatusPage(OnOneHost):
    def gets(self, url, *arguments):
        """Status, and everything else that curl prints."""
        text = self.host.command("curl", "-s", "-m", "5", "-w", "\n%{http_code}", *arguments, url)
        body, _, status = text.rpartition("\n")
        return int(status), body

    def ends(self, gateway):
        gateway.signal(signal.SIGTERM)
        self.assertEndsTidily(self.host, gateway)

    def browses(self, *arguments):
        """The page of the gateway; the browser has nothing to complain about."""
        argv = self.host.namespace.wrap([_BROWSER, *arguments, _STATUS + "/"])
        drawn, said = self.runs_browser(argv)
        self.assertEqual(said, [], "the browser complains")
        return drawn

    def runs_browser(self, argv):
        """What it prints, and what stands on its console."""
        at = argv.index(_BROWSER) + 1
        with tempfile.TemporaryDirectory() as profile:
            argv[at:at] = ["--headless=new", "--no-sandbox", "--disable-gpu",
                           "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                           f"--user-data-dir={profile}", "--enable-logging=stderr",
                           "--virtual-time-budget=9000"]
            done = subprocess.run(argv, capture_output=True, text=True, timeout=_LIMIT_S,
                                  check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line]

    @contextlib.contextmanager
    def strangers(self):
        """Packets that are dropped, until the end of the block."""
        argv = [sys.executable, "-c", _STRANGER.format(seconds=5 * _LIMIT_S)]
        sender = subprocess.Popen(self.host.namespace.wrap(argv))
        try:
            yield
        finally:
            sender.kill()
            sender.wait()

    def test_health_readiness_and_figures(self):
        gateway = self.starts(FIREZONE_STATUS_ADDR="8089")
        gateway.wait_for_output("initialised by the portal", _LIMIT_S)
        self.assertEqual(self.gets(f"{_HEALTH}/healthz"), (200, ""))
        self.assertEqual(self.gets(f"{_HEALTH}/readyz"), (200, "ready\n"))
        self.assertEqual(self.gets(f"{_HEALTH}/metrics")[0], 404)
        self.assertEqual(self.gets(f"{_STATUS}/healthz")[0], 404)
        self.assertEqual(self.gets(f"{_STATUS}/metrics", "-H", "Host: example.com")[0], 421)
        status, text = self.gets(f"{_STATUS}/metrics")
        self.assertEqual(status, 200)
        self.assertRegex(text, r"(?m)^firezone_gateway_portal_joined [01]$")
        self.host.command("ip", "link", "set", "tun-firezone", "down")
        self.assertEqual(self.gets(f"{_HEALTH}/readyz"), (503, "not ready: the tunnel device\n"))
        self.ends(gateway)

    def test_nothing_is_shown_unless_asked_for(self):
        gateway = self.starts()
        with self.assertRaises(Exception):
            self.gets(f"{_STATUS}/metrics")
        self.ends(gateway)

    def test_a_browser_draws_it(self):
        if shutil.which(_BROWSER) is None:
            self.skipTest(f"no {_BROWSER} here")
        gateway = self.starts(FIREZONE_STATUS_ADDR="8089", FIREZONE_WORKERS="2")
        gateway.wait_for_output("initialised by the portal", _LIMIT_S)
        with self.strangers():
            drawn = self.browses("--dump-dom")
            self.shoots_pictures()
        for pattern in (r"<dt>portal</dt><dd>joined</dd>", r"<dt>eth0</dt><dd>sockets: a virtual",
                        r"<h2>queue 0</h2>", r"<h2>queue 1</h2>", r"<polyline class=\"up\"",
                        r"<polyline class=\"lost\"", r"<b>\d+(\.\d+)? .?bit/s</b>",
                        *(f"<li>{cause} [0-9.]+ /s</li>" for cause in _CAUSES),
                        r"id=\"trouble\" role=\"status\"></p>"):
            self.assertRegex(drawn, pattern)
        for pattern in ("undefined", "NaN"):
            self.assertNotIn(pattern, re.sub(r"(?s)<script>.*</script>", "", drawn))
        self.shows_that_it_is_gone()
        self.ends(gateway)

    def shows_that_it_is_gone(self):
        answers = {path: self.gets(_STATUS + path)[1] for path in ("/", "/metrics")}
        with short_lived_gateway(answers) as url:
            drawn, _ = self.runs_browser([_BROWSER, "--dump-dom", url])
        self.assertIn("<dt>portal</dt>", drawn)
        self.assertIn('<body class="stale">', drawn)
        self.assertIn("The gateway does not answer: it is gone</p>", drawn)

    def shoots_pictures(self):
        """Light and dark, for a phone and for a desk; they stay for whoever wants to look."""
        from matplotlib import image  # takes a second

        _PICTURES.mkdir(parents=True, exist_ok=True)
        for width, height in _SIZES:
            brightness = {}
            for scheme, setting in (("light", 1), ("dark", 0)):
                path = _PICTURES / f"{scheme}-{width}.png"
                self.browses(f"--screenshot={path}", f"--window-size={width},{height}",
                             f"--blink-settings=preferredColorScheme={setting}")
                picture = image.imread(pathlib.Path(path))[:, :, :3]
                self.assertEqual(picture.shape[1], width)
                self.assertGreater(picture.std(), 0.02, "nothing is drawn")
                brightness[scheme] = picture.mean()
            self.assertGreater(brightness["light"], 0.7)
            self.assertLess(brightness["dark"], 0.3)


if __name__ == "__main__":
    requirements.need_namespaces()
    unittest.main(verbosity=2)
