#!/usr/bin/python3
"""Every #include in src/ obeys the folder table of ARCHITECTURE.md and the DEPS of its CMakeLists.txt.

The table's last column says which folders a folder may include, the words "only includer of" in
its middle column say which folder alone may name a library.
"""

import re
import sys

import lint

_ROW = re.compile(r"^\| `(\w+)/`(?: \(beside `src/`\))? \| (.*) \|(.*) \|$", re.MULTILINE)
_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
_DEPS = re.compile(r"fz_module\([^)]*?\bDEPS\b([\w\s]*?)(?:\b(?:LIBS|EXCLUDE)\b[^)]*)?\)")
_EVERYTHING = "everything"

# A library's headers, and the folders that may include them: those the table calls its only
# includers. The word is what the table writes.
_LIBRARIES = {
    "libsodium": re.compile(r"^sodium"),
    "libipsec-mb": re.compile(r"^intel-ipsec-mb\.h$"),
    "OpenSSL's digests": re.compile(r"^openssl/(?!ssl|x509|err|tls|bio)"),
    "OpenSSL's TLS": re.compile(r"^openssl/(?:ssl|x509|err|tls|bio)"),
    "RapidJSON": re.compile(r"^rapidjson/"),
    "Boost": re.compile(r"^boost/"),
    "libnftables": re.compile(r"^nftables/"),
    "libxdp": re.compile(r"^xdp/"),
    "libbpf": re.compile(r"^bpf/(?!abi)"),
    "liburcu": re.compile(r"^urcu"),
}


def folder_table(architecture):
    """{folder: set of folders it may include}, from the table's last column."""
    rows = _ROW.findall(architecture)
    folders = {folder for folder, _, _ in rows}
    table = {}
    for folder, _, allowed in rows:
        words = set(allowed.split()) - {"std"}
        table[folder] = folders if words == {_EVERYTHING} else words
        unknown = table[folder] - folders
        if unknown:
            raise ValueError(f"the row of {folder}/ names folders without a row: {unknown}")
    if not table:
        raise ValueError("ARCHITECTURE.md has no folder table")
    return table


def only_includers(architecture):
    """{library: folders that may include it}, from the words "only includer of"."""
    includers = {library: set() for library in _LIBRARIES}
    for folder, idea, _ in _ROW.findall(architecture):
        _, promise, libraries = idea.partition("only includer of")
        for library in _LIBRARIES:
            # "Boost and OpenSSL's TLS" names both; "libsodium and of OpenSSL's digests" too.
            if promise and library.lower() in libraries.lower():
                includers[library].add(folder)
    return includers


def declared_deps(cmake):
    match = _DEPS.search(cmake)
    return set(match.group(1).split()) if match else set()


def check_file(name, folder, text, table, deps, includers):
    findings = []
    for own, foreign in _INCLUDE.findall(text):
        header = own or foreign
        target = header.split("/")[0]
        if own and target in table and target != folder:
            if target not in table[folder]:
                findings.append(f"{name} includes {header}, but {folder}/ may not include {target}/")
            elif target not in deps:
                findings.append(f"{name} includes {header}, but {target} is not among its DEPS")
        elif own and target not in table:
            findings.append(f'{name} includes "{header}", which is in no folder of the table')
        for library, headers in _LIBRARIES.items():
            if headers.match(header) and includers[library] and folder not in includers[library]:
                wanted = ", ".join(sorted(includers[library]))
                findings.append(f"{name} includes {header}, which only {wanted}/ may")
    return findings


def check_tree(root):
    architecture = (root / "ARCHITECTURE.md").read_text()
    table, includers = folder_table(architecture), only_includers(architecture)
    findings = [f"ARCHITECTURE.md gives nobody the right to include {library}"
                for library, folders in includers.items() if not folders]
    for path in sorted((root / "src").iterdir()):
        if not path.is_dir():
            continue
        if path.name not in table:
            findings.append(f"src/{path.name}/ has no row in ARCHITECTURE.md")
            continue
        deps = declared_deps((path / "CMakeLists.txt").read_text())
        if deps - table[path.name]:
            findings.append(f"src/{path.name}/CMakeLists.txt has DEPS that the table forbids: "
                            f"{' '.join(sorted(deps - table[path.name]))}")
        for file in sorted([*path.rglob("*.h"), *path.rglob("*.cpp")]):
            findings += check_file(lint.shown(file, root), path.name, file.read_text(), table,
                                   deps, includers)
    return findings


def self_test():
    architecture = (
        "| folder | the one idea | may include |\n|---|---|---|\n"
        "| `base/` | words | std |\n"
        "| `crypto/` | keys; only includer of libsodium and of OpenSSL's digests | base |\n"
        "| `noise/` | WireGuard | base crypto |\n"
        "| `app/` | main | everything |\n")
    table, includers = folder_table(architecture), only_includers(architecture)
    assert table["noise"] == {"base", "crypto"} and table["app"] >= {"noise"}, table
    assert includers["OpenSSL's digests"] == {"crypto"} and not includers["Boost"], includers
    assert declared_deps("fz_module(noise DEPS base wire LIBS X::Y)") == {"base", "wire"}
    assert declared_deps("fz_module(app EXCLUDE main.cpp\n  DEPS base wire)") == {"base", "wire"}

    def check(folder, text, deps=("base",)):
        return check_file("x.cpp", folder, text, table, set(deps), includers)

    lint.must_be_silent(check("noise", '#include "base/a.h"\n#include "noise/b.h"\n#include <map>'))
    lint.must_find(check("crypto", '#include "noise/a.h"'), "crypto/ may not include noise/")
    lint.must_find(check("noise", '#include "crypto/a.h"'), "not among its DEPS")
    lint.must_find(check("noise", '#include "a.h"'), "in no folder")
    lint.must_find(check("noise", "#include <sodium.h>"), "only crypto/ may")
    lint.must_find(check("app", "  # include <openssl/evp.h>"), "only crypto/ may")


if __name__ == "__main__":
    self_test()
    lint.conclude("layering", check_tree(lint.REPOSITORY))
