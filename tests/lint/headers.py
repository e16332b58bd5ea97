#!/usr/bin/python3
"""Every header in src/ opens with its idea in a comment, has #pragma once, and compiles alone.

usage: headers.py COMPILER [FLAG...]

A source file includes its own header before anything else, so the build has already compiled that
header alone; only headers without such a file are compiled here.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import lint

# The idea: a comment from the first line on whose first sentence ends, before #pragma once.
_OPENING = re.compile(r"\A((?:// ?[^\n]*\n)+)#pragma once\n")
_FIRST_INCLUDE = re.compile(r'^#include (["<][^">]+[">])', re.MULTILINE)
_SENTENCE = re.compile(r"[A-Z{\"'`\d].*?[.?:](?:\s|\Z)", re.DOTALL)


def check_opening(name, text):
    opening = _OPENING.match(text)
    if not opening:
        return [f"{name} does not open with a comment followed by #pragma once"]
    prose = re.sub(r"^// ?", "", opening.group(1), flags=re.MULTILINE)
    if not _SENTENCE.match(prose):
        return [f"{name} does not say its idea in one sentence"]
    return []


def check_first_include(name, header_name, text):
    first = _FIRST_INCLUDE.search(text)
    if first and first.group(1) == f'"{header_name}"':
        return []
    return [f"{name} does not include {header_name} first"]


def check_alone(name, header, command):
    result = subprocess.run([*command, "-fsyntax-only", "-x", "c++", "-include", header,
                             os.devnull], capture_output=True, text=True)
    if result.returncode == 0:
        return []
    errors = [line for line in result.stderr.splitlines() if "error" in line]
    return [f"{name} does not compile alone: {(errors or ['no message'])[0]}"]


def check(root, command):
    findings = []
    without_source = []
    for header in sorted(root.rglob("*.h")):
        findings += check_opening(lint.shown(header), header.read_text())
        source = header.with_suffix(".cpp")
        if source.exists():
            findings += check_first_include(lint.shown(source), str(header.relative_to(root)),
                                            source.read_text())
        else:
            without_source.append(header)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda h: check_alone(lint.shown(h), h, command), without_source):
            findings += found
    return findings


def self_test(command):
    good = "// An idea.\n//\n// And more.\n#pragma once\n"
    lint.must_be_silent(check_opening("good.h", good))
    lint.must_find(check_opening("bad.h", "#pragma once\n// Too late.\n"), "open with a comment")
    lint.must_find(check_opening("bad.h", "// No guard.\nint x;\n"), "open with a comment")
    lint.must_find(check_opening("bad.h", "// half a thought\n#pragma once\n"), "one sentence")
    lint.must_be_silent(check_first_include("x.cpp", "a/x.h", '#include "a/x.h"\n'))
    lint.must_find(check_first_include("x.cpp", "a/x.h", '#include <map>\n#include "a/x.h"\n'),
                   "a/x.h first")
    with tempfile.TemporaryDirectory() as folder:
        header = pathlib.Path(folder, "needy.h")
        header.write_text("// Needs another.\n#pragma once\nstd::string x;\n")
        lint.must_find(check_alone("needy.h", header, command), "compile alone")
        header.write_text("// Does not.\n#pragma once\n#include <string>\ninline std::string x;\n")
        lint.must_be_silent(check_alone("needy.h", header, command))


if __name__ == "__main__":
    # bpf/ lies beside src/ and is included as "bpf/...".
    command = [*sys.argv[1:], "-std=c++20", f"-I{lint.REPOSITORY / 'src'}", f"-I{lint.REPOSITORY}"]
    self_test(command)
    lint.conclude("headers", check(lint.REPOSITORY / "src", command))
