#!/usr/bin/python3
"""What a running gateway says over HTTP, and the page that it shows, in a real browser."""

import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import requirements

from gateway_case import OnOneHost
from lab import cast

_HEALTH, _STATUS = "http://127.0.0.1:8080", "http://127.0.0.1:8089"
_BROWSER = "chromium"
_LIMIT_S = 60
_PICTURES = cast.REPOSITORY / "build" / "status_page"
_SIZES = ((390, 844), (1280, 800))


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
        with tempfile.TemporaryDirectory() as profile:
            argv = [_BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu",
                    "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                    f"--user-data-dir={profile}", "--enable-logging=stderr",
                    "--virtual-time-budget=9000", *arguments, _STATUS + "/"]
            done = subprocess.run(self.host.namespace.wrap(argv), capture_output=True, text=True,
                                  timeout=_LIMIT_S, check=True)
        said = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        self.assertEqual(said, [], "the browser complains")
        return done.stdout

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
        drawn = self.browses("--dump-dom")
        for pattern in (r"<dt>portal</dt><dd>joined</dd>", r"<dt>eth0</dt><dd>sockets: a virtual",
                        r"<h2>queue 0</h2>", r"<h2>queue 1</h2>", r"<polyline class=\"up\"",
                        r"<b>\d+(\.\d+)? .?bit/s</b>", r"id=\"trouble\" role=\"status\"></p>"):
            self.assertRegex(drawn, pattern)
        for pattern in ("undefined", "NaN"):
            self.assertNotIn(pattern, re.sub(r"(?s)<script>.*</script>", "", drawn))
        self.shoots_pictures()
        self.ends(gateway)

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
