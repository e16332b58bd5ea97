"""One running lab: hosts, programs, and the hands a test has on them."""

import hashlib
import os
import secrets
import shutil
import signal
import time

from . import cast, firewall, topology, world
from .jail import Jail
from .lease import Lease
from .netns import run
from .portal_control import PortalControl
from .program import Program, ProgramFailed
from .topology import Topology

FILE_BYTES = 10_000_000
FILE_NAME = "10MB"

_START_LIMIT_S = 15
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Lab:
    """Use as a context manager: entering builds hosts and services, leaving removes everything.

    Gateway and clients are started by whoever uses the lab, so that a test can look at how they
    start. `keep_logs` names a folder that receives all logs when the lab ends.
    """

    def __init__(self, chosen, keep_logs=None):
        self.cast = chosen
        self._keep_logs = keep_logs
        self._programs = {}

    def __enter__(self):
        # However it is asked to end, a lab ends tidily.
        self._handlers = {number: signal.signal(number, _interrupt) for number in _ENDINGS}
        self._lease = Lease.acquire()
        self.folder = self._lease.folder
        self._logs = self.folder / "logs"
        self._logs.mkdir()
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        # From here on a second Ctrl-C would only leave a mess behind.
        for number in _ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        try:
            for program in reversed(self._programs.values()):
                program.stop()
            if self._keep_logs is not None:
                shutil.copytree(self._logs, self._keep_logs, dirs_exist_ok=True)
        finally:
            self._lease.release()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start_relay(self):
        """Starts the relay, with new secrets, and waits until the portal offers it."""
        since = self.portal.last_seq()
        password = secrets.token_hex(16)
        relay = self._start("relay", "services", *self.cast.relay_command(password))
        if self.cast.relay_logs_in():
            self._wait_for_push(relay, "relay", since)
        else:
            self._wait_until(relay, "does not open its port", lambda: self.on(
                "services", ["ss", "-Hlun", f"sport = :{world.RELAY_PORT}"]))
            self._relay_id = self.portal.add_relay(**world.static_relay(password))

    def stop_relay(self, number=signal.SIGTERM):
        status = self._stop("relay", number)
        if not self.cast.relay_logs_in():
            self.portal.remove_relay(id=self._relay_id)
        return status

    def start_gateway(self, prefix=(), **environment):
        """Starts the gateway and waits until the portal counts it as online.

        `prefix` is a command that ends in running the rest of its arguments; `environment` comes
        on top of what every gateway is told.
        """
        since = self.portal.last_seq()
        argv, common = self.cast.gateway_command()
        gateway = self._start("gateway", "gateway", [*prefix, *argv], common | environment)
        self._wait_for_push(gateway, "gateway", since)

    def stop_gateway(self, number=signal.SIGTERM):
        return self._stop("gateway", number)

    def start_client(self, host="client"):
        since = self.portal.last_seq()
        client = self._start(host, host, *self.cast.client_command(host))
        self._wait_for_push(client, "client", since, name=host)

    def stop_client(self, host="client", number=signal.SIGTERM):
        return self._stop(host, number)

    def start_program(self, name, host, argv, environment=None):
        """Starts any other program among a host's private files; the lab ends it at the latest."""
        return self._start(name, host, argv, environment or {})

    def serve(self, name, host, argv, environment=None):
        """Starts a server that needs no private files, on any host."""
        return self._launch(name, self.hosts[host].wrap(argv), environment or {})

    def wrap(self, host, argv):
        """The command that runs `argv` on a host, among its private files."""
        return self._jails[host].wrap(argv)

    def on_privately(self, host, argv, **options):
        """Like `on`, among the host's private files: where its programs keep their sockets."""
        return run(self.wrap(host, argv), **options)

    def program(self, name):
        return self._programs[name]

    def programs(self):
        return list(self._programs.values())

    def on(self, host, argv, **options):
        """Runs a command on a host to its end and returns what it printed."""
        return self.hosts[host].command(argv, **options)

    def _build(self):
        self.hosts = Topology(self._lease.prefix)
        self.hosts.build()
        firewall.install_nat(self.hosts["nat"])
        self.paths = firewall.Paths(self.hosts["internet"])
        if self.cast.prepare_gateway_host:
            firewall.prepare_gateway_host(self.hosts["gateway"])
        self._jails = self._make_jails()
        self._start_portal()
        self._start_services()

    def _make_jails(self):
        portal = topology.SERVICES.host()
        names = {"localhost": ("127.0.0.1", "::1"), topology.PORTAL_NAME: portal}
        jails = {}
        for host in topology.JAILED_HOSTS:
            nameserver = topology.OPEN.host()[0] if host == "gateway" else portal[0]
            jails[host] = Jail(self.folder / "hosts" / host, self.hosts[host])
            jails[host].create(names, nameserver)
        return jails

    def _start_portal(self):
        config, control = self.folder / "portal.json", self.folder / "portal.sock"
        world.write_config(config)
        self.portal = PortalControl(control)
        portal = self.serve("portal", "services", *cast.portal_command(config, control))
        portal.wait_for_output("listening on port", _START_LIMIT_S)

    def _start_services(self):
        self.serve("internet-dns", "services", *cast.dns_command({}))
        self.serve("private-dns", "resource", *cast.dns_command(world.PRIVATE_NAMES))
        self.serve("web", "resource", *cast.web_command(self._make_file(self.folder / "web")))
        self.serve("iperf3", "resource", *cast.iperf_command())
        self.start_relay()

    def _make_file(self, folder):
        """Something to download, different every time, and its checksum."""
        folder.mkdir()
        content = os.urandom(FILE_BYTES)
        (folder / FILE_NAME).write_bytes(content)
        self.file_sha256 = hashlib.sha256(content).hexdigest()
        return folder

    def _start(self, name, host, argv, environment):
        """Starts one of the programs that can be replaced."""
        return self._launch(name, self.wrap(host, argv), environment)

    def _stop(self, name, number):
        """The program's exit status; None when it was never started."""
        return self._programs[name].stop(number) if name in self._programs else None

    def _launch(self, name, argv, environment):
        program = Program(name, argv, environment, self._logs / f"{name}.log")
        self._programs[name] = program
        program.start()
        return program

    def _wait_for_push(self, program, role, since, **wanted):
        """`init` is the portal's word that a device has logged in and joined."""
        self._wait_until(program, "does not join the portal", lambda: self.portal.list(
            after=since, role=role, direction="out", event="init", **wanted))

    def _wait_until(self, program, complaint, is_ready):
        deadline = time.monotonic() + _START_LIMIT_S
        while not is_ready():
            program.require_alive()
            if time.monotonic() > deadline:
                raise ProgramFailed(f"{program.name} {complaint} within {_START_LIMIT_S} s")
            time.sleep(0.05)


def _interrupt(_number, _frame):
    raise KeyboardInterrupt
