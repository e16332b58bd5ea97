#!/usr/bin/python3
"""Every C++ file is as clang-format 16 leaves it; `clang-format-16 -i FILE` repairs."""

import pathlib
import shutil
import subprocess
import tempfile

import lint

_FORMATTER = "clang-format-16"


def check(files):
    findings = []
    for file in files:
        result = subprocess.run([_FORMATTER, "--dry-run", "-Werror", "--style=file", file],
                                capture_output=True, text=True)
        if result.returncode != 0:
            place = result.stderr.split(": error")[0]
            findings.append(f"{place.replace(str(lint.REPOSITORY) + '/', '')} is not formatted")
    return findings


def self_test():
    # Beside this file, where the repository's .clang-format applies.
    with tempfile.NamedTemporaryFile(suffix=".cpp", mode="w",
                                     dir=pathlib.Path(__file__).parent) as sample:
        sample.write("int  x;\n")
        sample.flush()
        lint.must_find(check([sample.name]), "is not formatted")
        sample.seek(0)
        sample.truncate()
        sample.write("int x;\n")
        sample.flush()
        lint.must_be_silent(check([sample.name]))


if __name__ == "__main__":
    if shutil.which(_FORMATTER) is None:
        lint.skip(f"there is no {_FORMATTER}")
    self_test()
    lint.conclude("formatting", check(lint.sources("*.h", "*.cpp")))
