"""Which core does what, and whose time counts as the gateway's: the two arrangements.

They answer different questions. *shared*: everything runs on every core and the gateway process's
own time counts; hand-overs between its threads show, but work of routers and far ends that happens
inside its system calls is charged to it. *split*: core 1 is the gateway's host alone (its threads,
and all that its interfaces receive), core 0 is everybody else; all busy time of core 1 counts: what
a gateway host really costs.
"""

import os

from lab import topology

from . import cpu_time, links

ELSEWHERE_CORE = 0
GATEWAY_CORE = 1


class NotPossible(Exception):
    """This machine cannot be arranged so."""


class Shared:
    """Use as a context manager around the labs that run in it, like Split."""

    name = "shared"
    gateway_prefix = ()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        pass

    def place(self, lab):
        """To be called once gateway and clients of a lab run."""

    def gateway_s(self, pid):
        """The gateway's processor time so far; `pid` is its process."""
        return cpu_time.process_s(pid)

    def watched_s(self, answer):
        """The same, of a run of the load generator, which watches while its packets flow."""
        return answer["process_cpu_seconds"]

    def foreign_s(self, _pid):
        """The time so far of others, who should rest: here of all programs but the lab's."""
        return cpu_time.strangers_s()


class Split:
    """What this process starts inherits its place: everything but the gateway is on core 0."""

    name = "split"
    gateway_prefix = ("taskset", "--cpu-list", str(GATEWAY_CORE))

    def __init__(self):
        self._napi_threads = set()

    def __enter__(self):
        self._allowed = os.sched_getaffinity(0)
        if not {ELSEWHERE_CORE, GATEWAY_CORE} <= self._allowed:
            raise NotPossible("the split arrangement needs cores 0 and 1")
        os.sched_setaffinity(0, {ELSEWHERE_CORE})
        return self

    def __exit__(self, *_exception):
        os.sched_setaffinity(0, self._allowed)

    def place(self, lab):
        """NAPI threads and their pins vanish with the interfaces when the lab ends."""
        for thread in links.receive_in_threads(lab, "gateway", links.GATEWAY_OUTER):
            os.sched_setaffinity(thread, {GATEWAY_CORE})
            self._napi_threads.add(thread)
        links.receive_on(lab, "gateway", GATEWAY_CORE, links.GATEWAY_INNER)
        for host in topology.HOSTS:
            if host != "gateway":
                links.receive_on(lab, host, ELSEWHERE_CORE)

    def gateway_s(self, _pid):
        return cpu_time.busy_s(GATEWAY_CORE)

    def watched_s(self, answer):
        """By the kernel's samples: nothing but a timer-paced load escapes those, and this is for
        loads that keep the gateway busy."""
        core = next(core for core in answer["cpus"] if core["cpu"] == GATEWAY_CORE)
        return sum(core[kind] for kind in ("user_s", "system_s", "irq_s", "softirq_s"))

    def foreign_s(self, pid):
        """Here all that core 1 did but for the gateway's process and NAPI threads."""
        ours = sum(cpu_time.process_s(each) for each in (pid, *self._napi_threads))
        return cpu_time.busy_s(GATEWAY_CORE) - ours


ARRANGEMENTS = {arrangement.name: arrangement for arrangement in (Split, Shared)}
