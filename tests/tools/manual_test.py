#!/usr/bin/python3
"""Manual pages are clean, and real shells complete our programs.

    manual_test.py page|bash|zsh FOLDER       FOLDER: what fz-manual wrote
"""

import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile
import threading

SKIPPED = 77
KIND, SHARE = sys.argv[1], pathlib.Path(sys.argv[2])
INTERFACES = {path.name for path in pathlib.Path("/sys/class/net").glob("*/")}
DATAPATHS = {"auto", "xdp", "xdp-generic", "socket"}

# What is typed, and what must be offered for its last word.
LINES = {
    "firezone-gateway --data": {"--datapath"},
    "firezone-gateway --datapath ": DATAPATHS,
    "firezone-gateway --datapath=": DATAPATHS,
    "firezone-gateway --no-check --datapath=so": {"socket"},
    "firezone-gateway --log-format j": {"json"},
    "firezone-gateway --xdp-interface ": INTERFACES,
    "firezone-gateway --xdp-interface=l": {name for name in INTERFACES if name[0] == "l"},
    "firezone-gateway --api-url -": set(),
    "firezone-gateway -n ": set(),
    "fz-stat ": {"drops", "xdp", "hist", "peers", "diff", "check", "datapath"},
    "fz-stat --warn": {"--warn-busy", "--warn-loss"},
    "fz-stat datapath ": DATAPATHS,
    "fz-stat datapath xdp": {"xdp", "xdp-generic"},
    "fz-stat datapath xdp ": set(),
    "fz-stat --h": {"--help"},
}


def need(program):
    if shutil.which(program) is None:
        print(f"skipped: there is no {program}")
        sys.exit(SKIPPED)


def complaints(page):
    result = subprocess.run(["mandoc", "-Tlint", "-Wstyle", page], capture_output=True, text=True,
                            check=False)
    # Our two pages refer to each other, and are not installed here.
    return [line for line in (result.stdout + result.stderr).splitlines()
            if "manual not found: Xr f" not in line]


def check_page():
    need("mandoc")
    with tempfile.NamedTemporaryFile("w", suffix=".8") as broken:
        broken.write(".Dd November 23, 2026\n.Dt X 8\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Bl -tag\n")
        broken.flush()
        assert complaints(broken.name), "self-test: a broken page was not complained of"
    for name in ("firezone-gateway", "fz-stat"):
        found = complaints(SHARE / f"man/man8/{name}.8")
        assert not found, found


# Splits a line where readline does, for `=` is one of COMP_WORDBREAKS.
_BASH = r"""
source "$1" || exit
line=$2 IFS=$'\n'
COMP_WORDS=($(sed -E 's/ +/\n/g; s/=/\n=\n/g' <<<"$line" | sed '/^$/d'))
[[ $line == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
IFS=$' \t\n'
"$(complete -p "${COMP_WORDS[0]}" | sed -E 's/.*-F (\S+) .*/\1/')"
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash_offers(line):
    script = SHARE / "bash-completion/completions" / line.split()[0]
    result = subprocess.run(["bash", "--norc", "-uc", _BASH, "bash", script, line],
                            capture_output=True, text=True, check=True)
    assert result.stderr == "", result.stderr
    return set(result.stdout.split())


def check_bash():
    need("bash")
    for line, wanted in LINES.items():
        assert bash_offers(line) == wanted, (line, bash_offers(line), wanted)
    first = sorted(INTERFACES)[0]
    offered = bash_offers(f"firezone-gateway --xdp-interface {first},")
    assert offered == {f"{first},{name}" for name in INTERFACES}, offered


def zsh_offers(lines):
    """{line: offers}. An interactive zsh on a terminal of its own completes all of them."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copy(pathlib.Path(__file__).with_name("completions.zshrc"), folder / ".zshrc")
        # The full stop keeps a space at the end of a line; it is not typed.
        (folder / "lines").write_text("".join(f"{line}.\n" for line in lines), encoding="utf-8")
        (folder / "offers").touch()
        ours, its = pty.openpty()
        shell = subprocess.Popen(
            ["zsh", "-d", "-i"], stdin=its, stdout=its, stderr=its, start_new_session=True,
            env={"PATH": os.environ["PATH"], "TERM": "dumb", "ZDOTDIR": str(folder),
                 "SITE_FUNCTIONS": str(SHARE / "zsh/site-functions"),
                 "LINES_FILE": str(folder / "lines"), "OFFERS_FILE": str(folder / "offers")})
        os.close(its)
        said = []
        reader = threading.Thread(target=lambda: said.extend(_all_of(ours)))
        reader.start()
        shell.wait(timeout=60)
        reader.join()
        os.close(ours)
        offers, line = {}, None
        for entry in (folder / "offers").read_text(encoding="utf-8").splitlines():
            if entry.startswith("> "):
                line = entry[2:].removesuffix(".")
                offers[line] = set()
            elif entry:
                offers[line].add(entry)
        assert list(offers) == list(lines), b"".join(said).decode(errors="replace")
        return offers


def _all_of(terminal):
    while True:
        try:
            some = os.read(terminal, 4096)
        except OSError:  # EIO: the other end is closed
            return
        if not some:
            return
        yield some


def check_zsh():
    need("zsh")
    first = sorted(INTERFACES)[0]
    listed = f"firezone-gateway --xdp-interface {first},"
    offers = zsh_offers([*LINES, listed])
    for line, wanted in LINES.items():
        assert offers[line] == wanted, (line, offers[line], wanted)
    assert offers[listed] == INTERFACES - {first}, offers[listed]  # _sequence names none twice


{"page": check_page, "bash": check_bash, "zsh": check_zsh}[KIND]()
