"""Private files for each host: programs that rewrite /etc/resolv.conf must not meet.

Gateway and client also keep files in /run and /var/lib. Each host gets its own copies of these
folders, mounted over the real ones in the program's own mount namespace.
"""

import os
import pathlib
import shutil

_MOUNTS = """
set -e
mount --bind "$0/etc" /etc
mount --bind "$0/lib" /var/lib
mount --bind "$0/run" /run
mount -t sysfs sysfs /sys
exec "$@"
"""


# Of the folders in /etc, programs of the lab only look into the trust store.
_NEEDED_FOLDERS = ("ssl",)


class Jail:
    """The files of one host, under `root`."""

    def __init__(self, root, namespace):
        self._root = pathlib.Path(root)
        self._namespace = namespace

    def create(self, hosts, nameserver):
        """`hosts` maps names to address lists, `nameserver` is what the host asks first."""
        shutil.copytree("/etc", self._root / "etc", symlinks=True, ignore=_folders_not_needed)
        for folder in ("run", "lib/firezone", "lib/dev.firezone.client/config"):
            (self._root / folder).mkdir(parents=True)
        self._replace("hosts", "".join(
            f"{address}\t{name}\n" for name, addresses in hosts.items() for address in addresses))
        self._replace("resolv.conf", f"nameserver {nameserver}\noptions timeout:1 attempts:1\n")

    def wrap(self, argv):
        """The command that runs `argv` on this host with these files."""
        return self._namespace.wrap(["unshare", "--mount", "--propagation", "slave",
                                     "sh", "-c", _MOUNTS, str(self._root), *argv])

    def _replace(self, name, text):
        path = self._root / "etc" / name
        path.unlink(missing_ok=True)
        path.write_text(text, encoding="ascii")


def _folders_not_needed(folder, names):
    if folder != "/etc":
        return []
    return [name for name in names
            if os.path.isdir(f"/etc/{name}") and name not in _NEEDED_FOLDERS]
