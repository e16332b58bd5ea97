"""The guest's root: an archive that the kernel unpacks into memory, of this machine's own files."""

import os
import pathlib
import re
import stat
import subprocess
import tempfile

_HEADER_FIELDS = ("ino", "mode", "uid", "gid", "nlink", "mtime", "filesize", "devmajor", "devminor",
                  "rdevmajor", "rdevminor", "namesize", "check")


class Image:
    """A cpio archive in the "newc" format (Documentation/driver-api/early-userspace)."""

    def __init__(self):
        self._entries = {}

    def write(self, path):
        with open(path, "wb") as file:
            for number, (name, (mode, content)) in enumerate(self._entries.items(), start=1):
                _write_entry(file, name, number, mode, content)
            _write_entry(file, "TRAILER!!!", 0, 0, b"")

    def add(self, path, content, mode=0o644):
        """A file; `path` is absolute."""
        self._add_folders(path)
        self._entries[path.lstrip("/")] = stat.S_IFREG | mode, content

    def add_folder(self, path):
        self._add_folders(f"{path}/anything")

    def add_copy(self, source, path=None):
        self.add(path or str(source), pathlib.Path(source).read_bytes(), 0o755)

    def add_program(self, source):
        """In /usr/bin, without its debug information; its libraries where they are here."""
        with tempfile.NamedTemporaryFile() as small:
            _run("strip", "--strip-debug", "-o", small.name, str(source))
            self.add_copy(small.name, f"/usr/bin/{pathlib.Path(source).name}")
        for library in re.findall(r"(/\S+) \(0x", _run("ldd", str(source))):
            self.add_copy(library)

    def _add_folders(self, path):
        for folder in reversed(pathlib.PurePath(path.lstrip("/")).parents):
            if folder.name:
                self._entries.setdefault(str(folder), (stat.S_IFDIR | 0o755, b""))


def _write_entry(file, name, number, mode, content):
    encoded = name.encode() + b"\0"
    values = dict.fromkeys(_HEADER_FIELDS, 0) | {
        "ino": number, "mode": mode, "nlink": 1, "filesize": len(content),
        "namesize": len(encoded)}
    header = b"070701" + b"".join(b"%08x" % value for value in values.values())
    for part in (header + encoded, content):
        file.write(part + bytes(-len(part) % 4))


def _run(*argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True,
                          env=os.environ | {"LC_ALL": "C"}).stdout
