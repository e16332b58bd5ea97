"""Whether every packet is accounted for: received = delivered + named drops, per direction.

At its end the gateway logs one line per direction, "packet totals", with key=value counts.
"""

import re

DIRECTIONS = ("up", "down")
# One metric per direction: packets of which nobody knows where they went. It must be 0.
METRICS = {f"{direction}_unaccounted": "packets" for direction in DIRECTIONS}

_TEXT = "packet totals"
_PAIR = re.compile(r'([\w.]+)="?([\w.]+)"?')
_SYNONYMS = {"to_resource": "up", "inbound": "up", "ingress": "up",
             "to_network": "down", "to_client": "down", "outbound": "down", "egress": "down"}


class NoTotals(Exception):
    """The log does not say: another gateway, or one that was killed."""


def unaccounted(log):
    """{"up_unaccounted": packets, "down_unaccounted": packets} by the last lines of a log."""
    totals = {}
    for line in log.splitlines():
        if _TEXT in line:
            pairs = dict(_PAIR.findall(line))
            direction = pairs.get("direction", "")
            totals[_SYNONYMS.get(direction, direction)] = pairs
    if set(totals) != set(DIRECTIONS):
        raise NoTotals(f"the gateway's log has no '{_TEXT}' for both directions")
    return {f"{direction}_unaccounted": _missing(totals[direction]) for direction in DIRECTIONS}


def _missing(pairs):
    """Received minus everything else that is a count: deliveries and drops."""
    counts = {key: int(text) for key, text in pairs.items() if text.isdecimal()}
    if not {"received", "delivered"} <= counts.keys():
        raise NoTotals(f"'{_TEXT}' without received and delivered")
    return counts.pop("received") - sum(counts.values())
