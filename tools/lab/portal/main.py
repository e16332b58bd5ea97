"""Command line of fz-portal."""

import argparse
import asyncio
import logging
import os
import signal
import ssl
import sys

from . import config, control, server
from .portal import Portal

_DEFAULT_PORT = 8081


def main():
    options = _parse_options()
    logging.basicConfig(
        stream=sys.stdout, level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)-5s %(message)s")
    # The library's own lines repeat what the journal says.
    logging.getLogger("websockets").setLevel(logging.ERROR)
    try:
        asyncio.run(_run(options))
    except (OSError, ValueError, LookupError) as cause:
        sys.exit(f"fz-portal: {type(cause).__name__}: {cause}")
    return 0


async def _run(options):
    portal = Portal(config.load(options.config))
    tls = _tls(options)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    devices = await server.serve(portal, options.host, options.port, tls)
    operator = await control.serve(portal, options.control)
    print(f"listening on port {options.port} ({'wss' if tls else 'ws'}), "
          f"control socket {options.control}", flush=True)
    await stop.wait()
    for session in list(portal.sessions):
        session.abort()
    devices.close()
    operator.close()
    os.unlink(options.control)


def _tls(options):
    if options.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context


def _parse_options():
    parser = argparse.ArgumentParser(
        prog="fz-portal", description="A Firezone portal for the lab: no database, no web pages.")
    parser.add_argument("--config", required=True, help="JSON file, see portal/config.py")
    parser.add_argument("--control", required=True,
                        help="Unix socket for commands, see portal/control.py")
    parser.add_argument("--host", help="address to listen on (default: all, IPv4 and IPv6)")
    parser.add_argument("--port", type=int, default=_DEFAULT_PORT)
    parser.add_argument("--tls-cert", help="PEM certificate chain: speak wss instead of ws")
    parser.add_argument("--tls-key", help="PEM private key (default: in the certificate file)")
    parser.add_argument("--verbose", action="store_true", help="log every frame, secrets included")
    return parser.parse_args()
