"""A place of its own for each lab, and the sweeping up after labs that crashed.

A lab holds an exclusive file lock for as long as its process lives. The kernel lets go of the lock
when the process dies, however it dies: a lock that can be had belongs to nobody, and whatever lies
in its place is rubbish.
"""

import fcntl
import os
import pathlib
import shutil

from .netns import Namespace, names_starting

_ROOT = pathlib.Path("/run/fz-lab")
_PLACES = 10


class Lease:
    """One place: a prefix for namespaces and a folder for files."""

    def __init__(self, number, lock):
        self.prefix = f"fz{number}-"
        self.folder = _ROOT / str(number)
        self._lock = lock

    @classmethod
    def acquire(cls):
        """Sweeps every place that nobody holds and keeps the first of them."""
        _ROOT.mkdir(exist_ok=True)
        kept = None
        for number in range(_PLACES):
            lock = _try_lock(_ROOT / f"{number}.lock")
            if lock is None:
                continue
            lease = cls(number, lock)
            lease.sweep()
            if kept is None:
                kept = lease
            else:
                os.close(lock)
        if kept is None:
            raise RuntimeError(f"all {_PLACES} places in {_ROOT} are taken by running labs")
        kept.folder.mkdir()
        return kept

    def release(self):
        self.sweep()
        os.close(self._lock)

    def sweep(self):
        for name in names_starting(self.prefix):
            Namespace(name).delete()
        shutil.rmtree(self.folder, ignore_errors=True)


def _try_lock(path):
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    except BlockingIOError:
        os.close(lock)
        return None
