"""Processor time, in seconds, as the kernel counts it: of a core, or of a process.

Both count up from an arbitrary beginning; what matters is the difference between two moments. The
kernel samples what a core works on at its timer ticks, and a load that a timer paces hides between
them, or is all that they see: its idle time is measured, not sampled (with NO_HZ, as everywhere).
So a core's work is the time in which it was not idle.
"""

import os
import pathlib
import time

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Columns of a processor's line in /proc/stat (proc(5)). Steal is what the hypervisor gave away.
_NOT_BUSY_COLUMNS = {"idle": 3, "iowait": 4, "steal": 7}
# Fields of /proc/PID/stat (proc(5)) after the name, which may itself contain blanks.
_PPID, _UTIME, _STIME, _CUTIME, _CSTIME = 1, 11, 12, 13, 14
_KERNEL_THREADS = 2


def busy_s(core):
    """All work of one core: programs, kernel, interrupts. Time that the host took is not in it."""
    for line in pathlib.Path("/proc/stat").read_text(encoding="ascii").splitlines():
        label, *columns = line.split()
        if label == f"cpu{core}":
            away = sum(int(columns[index]) for index in _NOT_BUSY_COLUMNS.values())
            return time.monotonic() - away / _TICKS_PER_S
    raise LookupError(f"there is no core {core}")


def process_s(pid):
    """User and system time of all threads of a process, also of those that have ended."""
    return _seconds(_fields(pathlib.Path(f"/proc/{pid}")), _UTIME, _STIME)


def strangers_s(us=os.getpid(), proc="/proc"):
    """The time of every program that does not descend from `us`, ended children included: of a
    compiler beside us, for instance."""
    processes = {}
    for folder in pathlib.Path(proc).glob("[0-9]*"):
        try:
            processes[int(folder.name)] = _fields(folder)
        except OSError:
            continue  # it has ended meanwhile
    parents = {pid: int(fields[_PPID]) for pid, fields in processes.items()}
    return sum(_seconds(fields, _UTIME, _STIME, _CUTIME, _CSTIME)
               for pid, fields in processes.items()
               if not {us, _KERNEL_THREADS} & _line_of(pid, parents))


def _line_of(pid, parents):
    """A process and all its ancestors."""
    line = set()
    while pid in parents and pid not in line:
        line.add(pid)
        pid = parents[pid]
    return line


def _seconds(fields, *indexes):
    return sum(int(fields[index]) for index in indexes) / _TICKS_PER_S


def _fields(folder):
    stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()
