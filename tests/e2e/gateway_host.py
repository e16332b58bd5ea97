"""A host of its own for one gateway: one namespace, private files, and a portal beside it.

The host's only cable leads nowhere: whatever is not for the host itself is lost without an answer.
"""

import dataclasses
import os
import pathlib
import subprocess
import threading
import time

from requirements import SKIPPED  # noqa: F401  (also makes `lab` importable)

from lab import cast, world
from lab.jail import Jail
from lab.lease import Lease
from lab.netns import Namespace
from lab.portal_control import PortalControl
from lab.program import Program

PORTAL = "portal.lab"
# Nobody answers there.
SILENT_ADDRESS = "198.51.100.9"

GATEWAY = cast.binaries() / "firezone-gateway"

_START_LIMIT_S = 10
_OF_THE_GATEWAY = ("FIREZONE_", "RUST_LOG", "CREDENTIALS_DIRECTORY", "HEALTH_CHECK_ADDR", "SSL_")


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a gateway ended: status is None when it had to be killed."""

    status: int
    stderr: str
    stdout: str
    took_s: float


class Gateway:
    """One process: asked to start as an operator would, its two outputs kept apart."""

    def __init__(self, argv, environment, folder):
        self._outputs = [pathlib.Path(folder) / name for name in ("stdout", "stderr")]
        self._begin = time.monotonic()
        with open(self._outputs[0], "wb") as stdout, open(self._outputs[1], "wb") as stderr:
            self._process = subprocess.Popen(
                argv, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                start_new_session=True)
        self.pid = self._process.pid
        self._took_s = None
        threading.Thread(target=self._watch, daemon=True).start()

    def alive(self):
        return self._process.poll() is None

    def signal(self, number):
        self._process.send_signal(number)

    def stdout(self):
        return self._outputs[0].read_text(errors="replace")

    def wait_for_output(self, text, limit_s=_START_LIMIT_S, times=1):
        deadline = time.monotonic() + limit_s
        while self.stdout().count(text) < times:
            if not self.alive() or time.monotonic() > deadline:
                raise AssertionError(f"the gateway does not say '{text}', but: {self.stdout()}"
                                     f"{self._outputs[1].read_text(errors='replace')}")
            time.sleep(0.02)

    def ended(self, limit_s):
        """Waits for its end; after the limit it is killed, which the status tells."""
        try:
            status = self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            status = None
        return Ended(status, self._outputs[1].read_text(errors="replace"), self.stdout(),
                     self._took_s or time.monotonic() - self._begin)

    def _watch(self):
        """Nobody may be looking when it ends."""
        self._process.wait()
        self._took_s = time.monotonic() - self._begin


class GatewayHost:
    """Use as a context manager; leaving it removes everything."""

    def __enter__(self):
        self._lease = Lease.acquire()
        self.folder = self._lease.folder
        self._programs = {}
        self._runs = 0
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        for program in self._programs.values():
            program.stop()
        self._lease.release()

    def start_portal(self, *options):
        """The portal listens on all of the host's addresses, on cast.PORTAL_PORT."""
        config, control = self.folder / "portal.json", self.folder / "portal.sock"
        world.write_config(config)
        argv, environment = cast.portal_command(config, control)
        self.portal = PortalControl(control)
        self._serve("portal", [*argv, *options], environment)
        self._programs["portal"].wait_for_output("listening on port", _START_LIMIT_S)

    def stop_portal(self):
        self._programs["portal"].stop()

    def signal_portal(self, number):
        os.kill(self._programs["portal"].pid(), number)

    def start_dns(self):
        """From now on names that /etc/hosts does not have do not exist."""
        self._serve("dns", *cast.dns_command({}))
        self.set_nameserver("127.0.0.1")

    def set_nameserver(self, address, options="timeout:1 attempts:1"):
        self.files("etc/resolv.conf").write_text(
            f"nameserver {address}\noptions {options}\n", encoding="ascii")

    def files(self, path):
        """Where a file of the host is: "etc/…", "lib/…" for /var/lib/…, "run/…"."""
        return self.folder / "host" / path

    def start_gateway(self, *arguments, prefix=(), binary=GATEWAY, **environment):
        """Starts it with the lab's token and portal; None takes a variable away.

        `prefix` is a command that ends in running the rest of its arguments.
        """
        self._runs += 1
        folder = self.folder / f"run{self._runs}"
        folder.mkdir()
        argv = self._jail.wrap([*prefix, str(binary), *arguments])
        return Gateway(argv, self._environment(environment), folder)

    def command(self, *argv):
        return self.namespace.command(list(argv))

    def plug_in(self):
        """The cable, its addresses and the default route."""
        self.namespace.ip("link", "add", "eth0", "type", "veth", "peer", "name", "end")
        for interface in ("eth0", "end"):
            self.namespace.ip("link", "set", interface, "up")
        self.namespace.ip("address", "add", "198.51.100.2/24", "dev", "eth0")
        self.namespace.ip("address", "add", "2001:db8:51::2/64", "dev", "eth0")
        self.namespace.ip("neighbour", "add", SILENT_ADDRESS, "lladdr", "02:00:00:00:00:09",
                          "dev", "eth0")
        self.namespace.ip("route", "add", "default", "via", SILENT_ADDRESS)

    def traces(self):
        """What a gateway has set up here and not taken away, in words."""
        pids = self.command("ip", "netns", "pids", self.namespace.name).split()
        return left_behind(self.command) + ["process"] * any(_is_gateway(pid) for pid in pids)

    def _build(self):
        self.namespace = Namespace(f"{self._lease.prefix}host")
        self.namespace.create(forwards=False)
        self.plug_in()
        self._jail = Jail(self.folder / "host", self.namespace)
        self._jail.create({"localhost": ("127.0.0.1", "::1"), PORTAL: ("127.0.0.1",)},
                          SILENT_ADDRESS)

    def _serve(self, name, argv, environment):
        program = Program(name, self.namespace.wrap(argv), environment, self.folder / f"{name}.log")
        program.start()
        self._programs[name] = program

    def _environment(self, changes):
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(_OF_THE_GATEWAY)}
        wanted = {"FIREZONE_API_URL": f"ws://{PORTAL}:{cast.PORTAL_PORT}",
                  "FIREZONE_TOKEN": world.SITE_TOKEN, "FIREZONE_ID": world.GATEWAY_ID,
                  "FIREZONE_NAME": "gateway", **changes}
        return environment | {key: value for key, value in wanted.items() if value is not None}


def left_behind(command):
    """What a gateway has set up in a kernel and not taken away; `command` runs there."""
    devices = command("ip", "-o", "link")
    rules = command("ip", "-4", "rule") + command("ip", "-6", "rule")
    found = {"XDP program": "xdp" in devices, "device": "tun-firezone" in devices,
             "nftables table": "firezone" in command("nft", "list", "tables"),
             "policy rule": "0xfd002021" in rules}
    return [what for what, there in found.items() if there]


def _is_gateway(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().startswith("firezone-gatewa")
    except OSError:
        return False  # it has ended meanwhile
