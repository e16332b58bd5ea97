"""The portal's memory of what was said, for tests that ask who sent what, and when."""

import asyncio
import collections
import itertools
import logging
import time

_KEPT = 20_000

log = logging.getLogger("portal")


class Journal:
    """An append-only, numbered list of entries (plain dictionaries) that can be waited on."""

    def __init__(self):
        self._entries = collections.deque(maxlen=_KEPT)
        self._numbers = itertools.count(1)
        self._grown = asyncio.Condition()
        self._wakers = set()

    def record(self, direction, role, name, event, **details):
        """Adds an entry; direction is "in" (from a device), "out" (to it) or "note" (about it)."""
        entry = {"seq": next(self._numbers), "time": time.time(), "direction": direction,
                 "role": role, "name": name, "event": event, **details}
        self._entries.append(entry)
        log.info("%-4s %-7s %-10s %s", direction, role, name, event)
        log.debug("%s", details)
        waker = asyncio.get_running_loop().create_task(self._wake())
        self._wakers.add(waker)
        waker.add_done_callback(self._wakers.discard)

    def last_seq(self):
        return self._entries[-1]["seq"] if self._entries else 0

    def find(self, after=0, **wanted):
        """The entries numbered above `after` whose fields equal all of `wanted`."""
        return [entry for entry in self._entries
                if entry["seq"] > after
                and all(entry.get(key) == value for key, value in wanted.items())]

    async def wait(self, after, timeout_s, **wanted):
        """The first such entry, or None when none has come within the time."""
        async with self._grown:
            try:
                await asyncio.wait_for(
                    self._grown.wait_for(lambda: self.find(after, **wanted)), timeout_s)
            except asyncio.TimeoutError:
                return None
        return self.find(after, **wanted)[0]

    async def _wake(self):
        async with self._grown:
            self._grown.notify_all()
