"""Brings up the lab and shows what works in it; see --help."""

import argparse
import os
import pathlib
import signal
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(PACKAGE.parent))

from lab import programme, topology  # noqa: E402  (the path above makes it importable)
from lab.cast import Cast  # noqa: E402
from lab.lab import FILE_NAME, Lab  # noqa: E402
from lab.report import Report  # noqa: E402


def main():
    options = _parse_options()
    if os.geteuid() != 0:
        sys.exit("lab: network namespaces need root")
    chosen = Cast.of(options.gateway, options.client, options.relay, **_overrides(options))
    if chosen.missing():
        sys.exit(f"lab: not there or not executable: {', '.join(chosen.missing())}")
    try:
        with Lab(chosen, keep_logs=options.keep_logs) as lab:
            if options.once:
                report = Report(lab)
                programme.show(lab, report)
                return 0 if report.conclude() else 1
            lab.start_gateway()
            lab.start_client()
            _invite(lab)
            signal.pause()
    except KeyboardInterrupt:
        print("\nlab: everything is removed")
    return 0


def _overrides(options):
    overrides = {"log_filter": options.log}
    if options.prepare_gateway_host is not None:
        overrides["prepare_gateway_host"] = options.prepare_gateway_host
    return overrides


def _invite(lab):
    ipv4, ipv6 = topology.OPEN.host()
    client = f"ip netns exec {lab.hosts['client'].name}"
    print(f"""
The lab is up. {topology.__doc__}
Try, as root and in another terminal:

  {client} ping {ipv4}
  {client} curl -o /dev/null http://[{ipv6}]/{FILE_NAME}
  {client} iperf3 -c {ipv4}
  ip netns exec {lab.hosts['gateway'].name} ip -s link show tun-firezone
  tail -f {lab.folder}/logs/gateway.log
  {PACKAGE}/portal_control.py {lab.folder}/portal.sock '{{"do": "state"}}'

Ctrl-C ends and removes everything.""", flush=True)


def _parse_options():
    parser = argparse.ArgumentParser(
        prog="lab", description="A whole Firezone in network namespaces, without the internet.")
    parser.add_argument("--once", action="store_true",
                        help="show every proof in a table and exit: 0, or 1 if one failed")
    parser.add_argument("--gateway", metavar="PATH", help="default: this project's, as built")
    parser.add_argument("--client", metavar="PATH", help="default: this project's fz-client")
    parser.add_argument("--relay", metavar="PATH",
                        help="a relay that logs in to the portal; default: coturn")
    parser.add_argument("--prepare-gateway-host", action=argparse.BooleanOptionalAction,
                        help="forwarding and masquerading on the gateway's host are set up for it "
                             "(default: unless the gateway is this project's)")
    parser.add_argument("--log", default="info", metavar="FILTER",
                        help="RUST_LOG of gateway, client and relay (default: info)")
    parser.add_argument("--keep-logs", metavar="DIR", help="copy all logs there at the end")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
