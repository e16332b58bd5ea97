"""A program that runs in the lab: started, watched, stopped, and quoted when something fails."""

import os
import signal
import subprocess
import time

_STOP_LIMIT_S = 5


class ProgramFailed(Exception):
    """A program did not start, or ended by itself."""


class Program:
    """One process whose output goes to a log file; start it again as often as you like."""

    def __init__(self, name, argv, environment, log_path):
        self.name = name
        self._argv = argv
        self._environment = {
            key: value for key, value in os.environ.items() if not key.startswith("FIREZONE_")
        } | environment
        self._log_path = log_path
        self._process = None

    def start(self):
        # Its own session: Ctrl-C is for the lab, which then stops everything in order.
        with open(self._log_path, "ab") as log:
            self._process = subprocess.Popen(
                self._argv, env=self._environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def pid(self):
        return self._process.pid

    def stop(self, number=signal.SIGTERM):
        """Asks it to end, insists after a while, and returns its exit status."""
        if self._process is None:
            return None
        if self.alive():
            self._process.send_signal(number)
        try:
            return self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def wait(self, limit_s):
        """Waits for it to end by itself; None when it has not within the time."""
        try:
            return self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None

    def require_alive(self):
        if not self.alive():
            raise ProgramFailed(
                f"{self.name} has ended with status {self._process.poll()}: {self.tail(5)}")

    def wait_for_output(self, text, limit_s, times=1):
        """Waits until its log contains `text`, so many times."""
        deadline = time.monotonic() + limit_s
        while self.output().count(text) < times:
            self.require_alive()
            if time.monotonic() > deadline:
                raise ProgramFailed(f"{self.name} has not said '{text}' within {limit_s} s")
            time.sleep(0.05)

    def output(self):
        with open(self._log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tail(self, lines):
        return "\n".join(self.output().splitlines()[-lines:])
