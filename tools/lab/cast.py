"""Which programs play which part, and how each is told its part."""

import dataclasses
import os
import pathlib
import sys

from . import topology, world

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PORTAL_PORT = 8081

_INSIDE = pathlib.Path(__file__).resolve().parent / "inside"
_API_URL = f"ws://{topology.PORTAL_NAME}:{PORTAL_PORT}"


def binaries():
    """Where this project's own programs are."""
    return pathlib.Path(os.environ.get("FZ_BIN_DIR", REPOSITORY / "build/release/bin"))


@dataclasses.dataclass(frozen=True)
class Cast:
    """Paths of the three programs that can be replaced."""

    gateway: pathlib.Path
    client: pathlib.Path
    relay: pathlib.Path
    # A gateway that leaves forwarding and masquerading to scripts needs them done for it.
    prepare_gateway_host: bool
    log_filter: str = "info"
    # What our own gateway's packets come through; another one does not know the variable.
    datapath: str = "auto"

    @classmethod
    def of(cls, gateway=None, client=None, relay=None, **options):
        """Fills in our own programs and coturn; only our own gateway prepares its host itself."""
        ours = binaries() / "firezone-gateway"
        gateway = pathlib.Path(gateway or ours)
        options.setdefault("prepare_gateway_host", gateway.resolve() != ours.resolve())
        return cls(gateway, pathlib.Path(client or binaries() / "fz-client"),
                   pathlib.Path(relay or "/usr/bin/turnserver"), **options)

    def missing(self):
        return [str(path) for path in (self.gateway, self.client, self.relay)
                if not os.access(path, os.X_OK)]

    def relay_logs_in(self):
        """coturn has never heard of portals; every other relay is taken for Firezone's."""
        return self.relay.name != "turnserver"

    def gateway_answers_operators(self):
        return self.gateway.resolve() == (binaries() / "firezone-gateway").resolve()

    def client_takes_extra_routes(self):
        """The stock client routes nothing but resources into the tunnel."""
        return self.client.name == "fz-client"

    def gateway_command(self):
        return [str(self.gateway)], {
            **self._common(),
            "FIREZONE_TOKEN": world.SITE_TOKEN,
            "FIREZONE_ID": world.GATEWAY_ID,
            "FIREZONE_NAME": "gateway",
            "FIREZONE_DATAPATH": self.datapath,
            "HEALTH_CHECK_ADDR": "0.0.0.0:8080"}

    def client_command(self, host):
        forbidden = ",".join(str(network) for network in topology.FORBIDDEN.both())
        return [str(self.client)], {
            **self._common(),
            "FIREZONE_TOKEN": world.ACTOR_TOKENS[world.ACTOR_OF_HOST[host]],
            "FIREZONE_ID": world.CLIENT_IDS[host],
            "FIREZONE_NAME": host,
            "FIREZONE_DNS_CONTROL": "etc-resolv-conf",
            "FZ_CLIENT_EXTRA_ROUTES": forbidden}

    def relay_command(self, password):
        """`password` is for coturn; a relay that logs in makes up its own secret."""
        ipv4, ipv6 = topology.SERVICES.host()
        if self.relay_logs_in():
            return [str(self.relay)], {
                **self._common(),
                "FIREZONE_TOKEN": world.RELAY_TOKEN,
                "PUBLIC_IP4_ADDR": ipv4,
                "PUBLIC_IP6_ADDR": ipv6}
        return [str(self.relay), "-n", "--no-tls", "--no-dtls", "--no-cli", "--lt-cred-mech",
                "--realm=firezone", f"--user={world.RELAY_USER}:{password}",
                f"--listening-port={world.RELAY_PORT}", "--min-port=49152", "--max-port=65535",
                *(f"--{kind}-ip={address}" for kind in ("listening", "relay")
                  for address in (ipv4, ipv6)),
                "--userdb=/run/turndb", "--pidfile=/run/turnserver.pid",
                "--log-file=stdout", "--simple-log"], {}

    def _common(self):
        return {"FIREZONE_API_URL": _API_URL, "FIREZONE_NO_TELEMETRY": "true",
                "RUST_LOG": self.log_filter}


def portal_command(config, control):
    return [sys.executable, str(REPOSITORY / "tools/fz-portal"), "--config", str(config),
            "--control", str(control), "--port", str(PORTAL_PORT)], {"PYTHONUNBUFFERED": "1"}


def dns_command(names):
    """`names` maps names to address lists."""
    table = [f"{name}={','.join(addresses)}" for name, addresses in names.items()]
    return [sys.executable, str(_INSIDE / "dns_server.py"), *table], {}


def web_command(folder):
    return [sys.executable, "-m", "http.server", "80", "--bind", "::",
            "--directory", str(folder)], {}


def iperf_command():
    return ["iperf3", "--server"], {}


def question_command(question):
    return [sys.executable, str(_INSIDE / "ask_gateway.py"), question]


def refusal_command(address, port, limit_s):
    return [sys.executable, str(_INSIDE / "refusal.py"), address, str(port), str(limit_s)]
