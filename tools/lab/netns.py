"""Network namespaces and the commands that configure them."""

import subprocess

_LIMIT_S = 20


class CommandFailed(Exception):
    """A tool the lab relies on said no."""


def run(argv, text_in=None, limit_s=_LIMIT_S):
    """Runs a command to its end and returns what it printed; CommandFailed if it failed."""
    try:
        done = subprocess.run(argv, input=text_in, capture_output=True, text=True, timeout=limit_s)
    except subprocess.TimeoutExpired as late:
        raise CommandFailed(f"{' '.join(argv)}: no end after {limit_s} s") from late
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def names_starting(prefix):
    listed = [line.split()[0] for line in run(["ip", "netns", "list"]).splitlines() if line]
    return [name for name in listed if name.startswith(prefix)]


class Namespace:
    """One host of the lab, as far as the network goes."""

    def __init__(self, name):
        self.name = name

    def create(self, forwards):
        """A new namespace with a working loopback; addresses are usable at once.

        What the machine itself forwards must not leak in: a gateway has to ask for it.
        """
        run(["ip", "netns", "add", self.name])
        self.sysctl("net.ipv6.conf.all.disable_ipv6", 0)
        for scope in ("all", "default"):
            self.sysctl(f"net.ipv6.conf.{scope}.accept_dad", 0)
        self.forward(1 if forwards else 0)
        self.ip("link", "set", "lo", "up")

    def delete(self):
        """Removes the namespace; whoever still lives in it is killed."""
        for pid in run(["ip", "netns", "pids", self.name]).split():
            subprocess.run(["kill", "-KILL", pid], stderr=subprocess.DEVNULL, check=False)
        run(["ip", "netns", "delete", self.name])

    def forward(self, on=1):
        self.sysctl("net.ipv4.ip_forward", on)
        for scope in ("all", "default"):
            self.sysctl(f"net.ipv6.conf.{scope}.forwarding", on)

    def ip(self, *words):
        return run(["ip", "-n", self.name, *words])

    def nft(self, ruleset):
        return self.command(["nft", "-f", "-"], text_in=ruleset)

    def sysctl(self, key, value):
        self.command(["sysctl", "-qw", f"{key}={value}"])

    def command(self, argv, **options):
        return run(["ip", "netns", "exec", self.name, *argv], **options)

    def wrap(self, argv):
        """The command that runs `argv` here, as a process that dies with its parent."""
        return ["setpriv", "--pdeathsig", "KILL", "nsenter", f"--net=/run/netns/{self.name}", *argv]


def connect(namespace, interface, router, router_interface, queues=1):
    """A virtual cable between two namespaces, both ends up.

    With several queues, a packet arrives on the queue through which the other end has sent it.
    """
    many = ["numrxqueues", str(queues), "numtxqueues", str(queues)] if queues > 1 else []
    namespace.ip("link", "add", interface, *many, "type", "veth",
                 "peer", "name", router_interface, "netns", router.name, *many)
    namespace.ip("link", "set", interface, "up")
    router.ip("link", "set", router_interface, "up")
