"""The guest's kernel: Debian's, fetched by apt, which verifies it, and unpacked, never installed.

It is kept in the build folder: only the first run needs the network.
"""

import lzma
import pathlib
import re
import shutil
import subprocess

from lab.cast import REPOSITORY

_SOURCE = ("deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
           "http://deb.debian.org/debian {suite} main\n")
# Depends on a suite's newest kernel for virtual machines, which is small and knows virtio.
_NEWEST = "linux-image-cloud-amd64"
_FETCH_LIMIT_S = 60
_CACHE = REPOSITORY / "build/guest"


class NoKernel(Exception):
    """It is not here and cannot be fetched."""


class Kernel:
    """An unpacked package: an image to boot and the modules that belong to it."""

    def __init__(self, folder):
        self.image = next(folder.rglob("vmlinuz*"))
        modules = next(folder.glob("**/modules/*/modules.builtin")).parent
        self.version = modules.name
        self._files = {_name(path): path for path in modules.rglob("*.ko*")}
        self._built_in = {_name(line) for line in (modules / "modules.builtin").read_text(
            encoding="ascii").splitlines()}

    @classmethod
    def obtain(cls, suite):
        """A suite's kernel, from the build folder or from Debian's mirror into it."""
        kept = _CACHE / suite
        if not kept.exists():
            _fetch(suite, kept)
        return cls(kept)

    def modules(self, *wanted):
        """Their names and bytes, each behind those that it needs."""
        found = {}
        for name in wanted:
            self._add(name, found)
        return found

    def _add(self, name, found):
        if name in found or name in self._built_in:
            return
        content = _bytes(self._files[name])
        needs = re.search(rb"\0depends=([^\0]*)\0", content)[1].decode()
        for needed in filter(None, needs.split(",")):
            self._add(_name(needed), found)
        found[name] = content


def _name(path):
    """Files may spell a module with hyphens, dependencies with underscores."""
    return pathlib.Path(path).name.split(".")[0].replace("-", "_")


def _bytes(path):
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


def _fetch(suite, kept):
    """Whoever is interrupted leaves nothing that looks complete."""
    work = kept.with_name(f"{suite}.fetching")
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("lists/partial", "archives/partial", "unpacked"):
        (work / folder).mkdir(parents=True)
    (work / "sources.list").write_text(_SOURCE.format(suite=suite), encoding="ascii")
    try:
        _apt(work, "apt-get", "update")
        # Of what it needs only the kernel's own parts: nothing here will be installed.
        needed = _apt(work, "apt-cache", "depends", "--recurse", "--important", _NEWEST)
        parts = re.findall(r"^linux-\S+", needed, re.MULTILINE)
        _apt(work, "apt-get", "download", *parts)
        for package in work.glob("*.deb"):
            _run(["dpkg-deb", "--extract", str(package), str(work / "unpacked")])
    except (OSError, subprocess.SubprocessError) as cause:
        said = getattr(cause, "stderr", None) or str(cause)
        raise NoKernel(f"no kernel could be fetched: {said.strip().splitlines()[0]}") from cause
    Kernel(work / "unpacked")  # what is not as expected must not be kept
    (work / "unpacked").rename(kept)
    shutil.rmtree(work)


def _apt(work, program, *words):
    """apt with one source, and with no trace in the system's own lists."""
    options = {"Dir::Etc::SourceList": work / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
               "Dir::State::Lists": work / "lists", "Dir::Cache": work,
               "Dir::State::Status": "/dev/null", "Acquire::Languages": "none",
               "APT::Update::Error-Mode": "any",
               "Acquire::Retries": 1, "Acquire::http::Timeout": 20, "APT::Sandbox::User": "root"}
    return _run([program, "-q", *(f"-o{key}={value}" for key, value in options.items()), *words],
                cwd=work)


def _run(argv, **options):
    return subprocess.run(argv, check=True, capture_output=True, text=True,
                          timeout=_FETCH_LIMIT_S, **options).stdout
