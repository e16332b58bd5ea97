"""The machine that was measured: a figure without it means nothing."""

import os
import pathlib
import platform


def describe():
    """CPU model, cores and kernel; the load tells whether the machine had other things to do."""
    return {"cpu": _cpu_model(), "cores": os.cpu_count(), "kernel": platform.release(),
            "architecture": platform.machine(), "memory_gib": _memory_gib(),
            "load_at_start": os.getloadavg()[0]}


def sentence(machine):
    return (f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"Linux {machine['kernel']}, load {machine['load_at_start']:.2f}")


def _cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
