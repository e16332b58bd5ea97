"""Whether every packet is accounted for: received = delivered + named drops, per direction.

At its end the gateway logs a line "packet totals" for each direction:

    packet totals direction=to_resource received=9 delivered=7 drops="replayed=1 bad_tag=1" ...
"""

import re

# Packets of which nobody knows where they went: these must be 0.
METRICS = {"up_unaccounted": "packets", "down_unaccounted": "packets"}

_TEXT = "packet totals"
_METRIC_OF = {"to_resource": "up_unaccounted", "to_client": "down_unaccounted"}
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')


class NoTotals(Exception):
    """The log does not say: another gateway, or one that did not end in order."""


def unaccounted(log):
    """{metric: packets} as in METRICS, by the lines of a gateway that has ended."""
    found = {}
    for line in log.splitlines():
        if _TEXT in line:
            pairs = _pairs(line)
            found[_METRIC_OF.get(pairs.get("direction"))] = _missing(pairs)
    if set(found) != set(METRICS):
        raise NoTotals(f"the gateway's log has no '{_TEXT}' for both directions")
    return found


def _missing(pairs):
    try:
        drops = _pairs(pairs["drops"])
        return int(pairs["received"]) - int(pairs["delivered"]) - sum(map(int, drops.values()))
    except (KeyError, ValueError) as cause:
        raise NoTotals(f"'{_TEXT}' reads differently than expected: {pairs}") from cause


def _pairs(text):
    return {key: quoted or bare for key, quoted, bare in _PAIR.findall(text)}
