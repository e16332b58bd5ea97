"""What a test wants to go wrong, each thing once and in the order asked for."""

import collections


class Faults:
    """Two queues per role: answers to the next logins, and to the next joins."""

    SILENCE = "silence"

    def __init__(self):
        self._logins = collections.defaultdict(collections.deque)
        self._joins = collections.defaultdict(collections.deque)

    def fail_login(self, role, status, headers, body, count):
        self._logins[role].extend([(status, headers, body)] * count)

    def fail_join(self, role, answer):
        """`answer` is SILENCE or the reason of an error reply."""
        self._joins[role].append(answer)

    def next_login(self, role):
        return self._logins[role].popleft() if self._logins[role] else None

    def next_join(self, role):
        return self._joins[role].popleft() if self._joins[role] else None
