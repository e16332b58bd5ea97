"""One bounded iperf3 transfer between client and private network."""

import dataclasses
import json

from lab.netns import CommandFailed

# What fits a tunnel packet of 1280 bytes with IPv4 and UDP headers, and is round.
UDP_PAYLOAD_BYTES = 1200

_SLACK_S = 20


class TransferFailed(Exception):
    """iperf3 did not get through."""


@dataclasses.dataclass(frozen=True)
class Load:
    """What is sent: "up" (from the client) or "down", in TCP flows, or UDP at a fixed rate."""

    direction: str
    flows: int = 1
    udp_bit_per_s: int | None = None


@dataclasses.dataclass(frozen=True)
class Transfer:
    """What arrived."""

    bytes: int
    seconds: float
    lost_share: float

    def gbit_per_s(self):
        return self.bytes * 8 / self.seconds / 1e9


def transfer(lab, address, load, seconds):
    """Runs one load for whole seconds from the client to `address` and back; may raise."""
    argv = ["iperf3", "--client", address, "--time", str(seconds), "--json",
            "--connect-timeout", "5000", "--parallel", str(load.flows)]
    if load.direction == "down":
        argv.append("--reverse")
    if load.udp_bit_per_s is not None:
        argv += ["--udp", "--bitrate", str(load.udp_bit_per_s), "--length", str(UDP_PAYLOAD_BYTES)]
    try:
        report = json.loads(lab.on("client", argv, limit_s=seconds + _SLACK_S))
    except CommandFailed as complaint:
        raise TransferFailed(" ".join(str(complaint).split())[:300]) from complaint
    moved = received(report, load)
    if moved.bytes <= 0:
        raise TransferFailed("nothing arrived")
    return moved


def received(report, load):
    """What arrived, by iperf3's report; of UDP it sums up the sender's bytes, so those are counted
    by the receiver's datagrams."""
    if load.udp_bit_per_s is None:
        arrived = report["end"]["sum_received"]
        return Transfer(arrived["bytes"], arrived["seconds"], 0.0)
    total = report["end"]["sum"]
    arrived = total["packets"] - total["lost_packets"]
    return Transfer(arrived * UDP_PAYLOAD_BYTES, total["seconds"],
                    total["lost_packets"] / max(1, total["packets"]))
