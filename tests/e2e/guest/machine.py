"""A virtual machine in the place of one of the lab's hosts, plugged into that host's cables.

    to the internet                                to the private network
          |                                                  |
     eth0 |             the host's namespace                 | eth1
        bridge0                                           bridge1
         tap0                                              tap1
    ------|--------------------------------------------------|------
     eth0 |                 the guest                        | eth1
       virtio-net                                        virtio-net

The guest has the host's addresses and routes; the host has none left. Its processors are software:
it needs nothing from the machine and is the same on each, but it is slow.
"""

import base64
import json
import platform
import select
import shutil
import socket
import time

from lab.netns import CommandFailed

QEMU = "qemu-system-x86_64"
PROCESSORS = 2

_MEMORY = "1536M"
_INTERFACES = ("eth0", "eth1")
_BOOT_LIMIT_S = 120
_COMMAND_LIMIT_S = 60


class Machine:
    """Use as a context manager; leaving it switches the guest off.

    For the lab it is a program with the host's name, and its console is that program's log.
    """

    def __init__(self, lab, host, kernel, image, queues):
        self._lab = lab
        self._host = host
        self._port = lab.folder / f"{host}.sock"
        self._argv = _command(kernel, image, self._port, queues)
        self._control = None

    def __enter__(self):
        try:
            moves = [words for interface in _INTERFACES for words in self._unplug(interface)]
            self.console = self._lab.serve(self._host, self._host, self._argv)
            self._connect()
            self.run("true", limit_s=_BOOT_LIMIT_S)
            for words in moves:
                self.command("ip", *words.split())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self._control is not None:
            self._control.close()
        if self._host in (program.name for program in self._lab.programs()):
            self.console.stop()

    def command(self, *argv):
        """Runs a command in the guest to its end and returns what it printed."""
        return self.run(_quoted(argv))

    def run(self, script, limit_s=_COMMAND_LIMIT_S):
        """The same for a script; what it leaves in the background must not keep its output."""
        self._control.sendall(base64.b64encode(script.encode()) + b"\n")
        status, _, printed = self._answer(script, limit_s).partition(b" ")
        text = base64.b64decode(printed).decode(errors="replace")
        if status != b"0":
            raise CommandFailed(f"{script}: status {status.decode()}, {text.strip()}")
        return text

    def start(self, name, argv, environment):
        """Starts a program that prints on the console; `signal` and `ended` know it by its name."""
        settings = [f"{key}={value}" for key, value in environment.items()]
        words = _quoted([name, *settings, *argv])
        self.run(f"""
            rm -f /run/{name}.status
            (
                dash -c 'echo $$ >/run/{name}.pid; exec env "$@"' {words}
                echo $? >/run/{name}.status
            ) >/dev/console 2>&1 &""")

    def signal(self, name, number):
        self.run(f"kill -{int(number)} $(cat /run/{name}.pid)")

    def ended(self, name, limit_s):
        """Waits for its end; returns its exit status, or None when it has not ended in time."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if status := self.run(f"if [ -f /run/{name}.status ]; then cat /run/{name}.status; fi"):
                return int(status)
            time.sleep(0.2)
        return None

    def _answer(self, script, limit_s):
        deadline = time.monotonic() + limit_s
        answer = b""
        while not answer.endswith(b"\n"):
            self.console.require_alive()
            if select.select([self._control], [], [], 0.5)[0]:
                answer += self._control.recv(1 << 16)
            elif time.monotonic() > deadline:
                raise CommandFailed(f"{script}: no answer from the guest within {limit_s} s")
        return answer

    def _connect(self):
        deadline = time.monotonic() + _COMMAND_LIMIT_S
        while not self._port.exists():
            self.console.require_alive()
            if time.monotonic() > deadline:
                raise CommandFailed(f"{QEMU} does not open its port")
            time.sleep(0.05)
        self._control = socket.socket(socket.AF_UNIX)
        self._control.connect(str(self._port))

    def _unplug(self, interface):
        """Hands a cable to the guest; returns what `ip` must do there to be like the host."""
        host = self._lab.hosts[self._host]
        addresses = json.loads(host.ip("-j", "address", "show", "dev", interface))[0]["addr_info"]
        moves = [f"link set {interface} up",
                 *(f"address add {each['local']}/{each['prefixlen']} dev {interface}"
                   for each in addresses if each["scope"] == "global")]
        for family in ("-4", "-6"):
            routes = host.ip("-j", family, "route", "show", "default", "dev", interface)
            moves += [f"{family} route add default via {route['gateway']} dev {interface}"
                      for route in json.loads(routes)]
        bridge, tap = _bridge(interface), _tap(interface)
        host.ip("address", "flush", "dev", interface)
        host.ip("link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
        host.ip("tuntap", "add", "dev", tap, "mode", "tap", "multi_queue")
        for port in (interface, tap):
            host.ip("link", "set", port, "master", bridge)
        for link in (bridge, tap):
            host.ip("link", "set", link, "up")
        return moves


def missing():
    """What there is not, as a reason to skip; None when all is there."""
    if platform.machine() != "x86_64":
        return "the guest runs this machine's programs, and it is an x86-64 machine"
    needed = (QEMU, "busybox", "strip", "apt-get", "dpkg-deb")
    return next((f"there is no {each}" for each in needed if shutil.which(each) is None), None)


def _command(kernel, image, port, queues):
    return [QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max,la57=off",
            "-smp", str(PROCESSORS), "-m", _MEMORY,
            "-kernel", str(kernel.image), "-initrd", str(image),
            "-append", "console=ttyS0 quiet panic=-1 net.ifnames=0 mitigations=off",
            "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=control,path={port},server=on,wait=off",
            "-device", "virtserialport,chardev=control",
            *(word for number, interface in enumerate(_INTERFACES, start=1)
              for word in _card(number, interface, queues))]


def _card(number, interface, queues):
    """Only where it maps the memory itself (iommu_platform) can the driver do without copies."""
    return ["-netdev", f"tap,id={interface},ifname={_tap(interface)},script=no,downscript=no,"
                       f"queues={queues}",
            "-device", f"virtio-net-pci,netdev={interface},mac=02:00:00:00:07:{number:02x},"
                       f"addr={0x10 + number:#x},mq=on,vectors={2 * queues + 2},"
                       "disable-legacy=on,iommu_platform=on"]


def _bridge(interface):
    return interface.replace("eth", "bridge")


def _tap(interface):
    return interface.replace("eth", "tap")


def _quoted(argv):
    return " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in argv)
