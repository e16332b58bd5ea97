"""WireGuard by Debian's wireguard-go and wg: a kernel interface, the protocol in user space."""

import asyncio
import os
import subprocess

_DAEMON = "/usr/bin/wireguard-go"
_INTERFACE = "wg0"
_CONTROL = f"/var/run/wireguard/{_INTERFACE}.sock"
_ADDRESS = ("127.0.0.1", 51820)
# Inner packets are never larger: with every header around them they must fit a common link.
_MTU = 1280
_COMMAND_LIMIT_S = 5


def generate_keys():
    """(private, public), both as base64 texts."""
    private_key = _run("wg", "genkey")
    return private_key, _run("wg", "pubkey", text_in=private_key)


class Tunnel:
    """One interface with one peer; it lives as long as the task group it was opened in."""

    listens_on = _ADDRESS

    @classmethod
    async def open(cls, tasks):
        """Starts the daemon and waits until it takes orders."""
        daemon = await asyncio.create_subprocess_exec(
            _DAEMON, "--foreground", _INTERFACE, env={**os.environ, "LOG_LEVEL": "verbose"})
        tasks.create_task(_watch(daemon))
        while not os.path.exists(_CONTROL):
            await asyncio.sleep(0.02)
        return cls()

    def configure(self, private_key, flow, endpoint, networks):
        host, port = endpoint
        _run("wg", "setconf", _INTERFACE, "/dev/stdin", text_in=f"""
            [Interface]
            PrivateKey = {private_key}
            ListenPort = {_ADDRESS[1]}
            [Peer]
            PublicKey = {flow["gateway_public_key"]}
            PresharedKey = {flow["preshared_key"]}
            Endpoint = {host}:{port}
            AllowedIPs = {", ".join(networks)}
            """)

    def plug_in(self, addresses, networks):
        """Gives the interface its addresses and the networks behind it."""
        _run("ip", "address", "add", addresses["ipv4"], "dev", _INTERFACE)
        _run("ip", "address", "add", addresses["ipv6"], "dev", _INTERFACE)
        _run("ip", "link", "set", _INTERFACE, "mtu", str(_MTU), "up")
        for network in networks:
            _run("ip", "route", "add", network, "dev", _INTERFACE)


async def _watch(daemon):
    """The daemon ends when this task is cancelled, and never by itself."""
    try:
        status = await daemon.wait()
        raise RuntimeError(f"wireguard-go has ended with status {status}")
    finally:
        if daemon.returncode is None:
            daemon.terminate()
            await daemon.wait()


def _run(*argv, text_in=None):
    done = subprocess.run(argv, input=text_in, stdout=subprocess.PIPE, text=True,
                          timeout=_COMMAND_LIMIT_S, check=True)
    return done.stdout.strip()
