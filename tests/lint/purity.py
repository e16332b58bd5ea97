#!/usr/bin/python3
"""The pure libraries name no socket, clock, thread, file or source of randomness.

usage: purity.py --compiler COMPILER ARCHIVE...     asks `nm` what each archive leaves undefined
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import lint

# A symbol of the C library is compared whole, without its version; a C++ one by its mangled name.
_FORBIDDEN = {
    "sockets": r"socket|socketpair|bind|listen|accept4?|connect|shutdown|(get|set)sockopt|"
               r"recv|recvfrom|recvmm?sg|send|sendto|sendmm?sg|getaddrinfo|gethostby\w+|"
               r"if_nametoindex|getifaddrs",
    "files": r"open(at)?(64)?|fopen(64)?|close|p?read(v|64)?|p?write(v|64)?|ioctl|fcntl(64)?|"
             r"mmap(64)?|poll|ppoll|select|epoll_\w+|io_uring_\w+|syscall|"
             r"_ZNSt\d*basic_[io]?f(ile)?stream\w*|_ZNSt13basic_filebuf\w*",
    "clocks": r"clock_gettime|clock|gettimeofday|time|nanosleep|clock_nanosleep|u?sleep|"
              r"timerfd_\w+|_ZNSt6chrono3_V2\d+(steady|system)_clock3nowEv",
    "threads": r"pthread_create|pthread_mutex_lock|pthread_cond_\w+|thrd_\w+|"
               r"_ZNSt6thread\w+|_ZNSt18condition_variable\w+",
    "randomness": r"getrandom|getentropy|arc4random\w*|s?rand(_r)?|s?random(_r)?|[dejlmn]rand48|"
                  r"_ZNSt13random_device\w+|randombytes\w*|RAND_\w+",
    "environment": r"(secure_)?getenv|setenv|system|fork|exec\w+|gethostname|uname",
}
# Looks like a draw from the system, but computes its output from a seed alone.
_ALLOWED = {"randombytes_buf_deterministic"}

_RULES = {kind: re.compile(f"(?:__)?(?:{symbols})(?:_chk)?") for kind, symbols in _FORBIDDEN.items()}


def undefined_symbols(archive):
    """[(member, symbol)], without symbol versions."""
    listing = subprocess.run(["nm", "-u", "-A", "--format=posix", archive], check=True,
                             capture_output=True, text=True).stdout
    found = []
    for line in listing.splitlines():
        where, symbol, *_ = line.split()
        member = re.search(r"\[(.*)\]:$", where)
        found.append((member.group(1) if member else where.rstrip(":"), symbol.split("@")[0]))
    return found


def check(archive):
    findings = []
    for member, symbol in undefined_symbols(archive):
        for kind, forbidden in _RULES.items():
            if symbol not in _ALLOWED and forbidden.fullmatch(symbol):
                findings.append(f"{pathlib.Path(archive).name}({member}) uses {symbol} ({kind})")
    return findings


def self_test(compiler):
    """Compiles one violation of each kind and one innocent, and judges them."""
    samples = {
        "sockets": "#include <sys/socket.h>\nlong f() { return recvfrom(0, 0, 0, 0, 0, 0); }",
        "files": "#include <fstream>\nvoid f() { std::ifstream x(\"/\"); x.get(); }",
        "clocks": "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }",
        "threads": "#include <pthread.h>\nint f(void* (*g)(void*)) { pthread_t t; "
                   "return pthread_create(&t, 0, g, 0); }",
        "randomness": "#include <random>\nunsigned f() { return std::random_device()(); }",
        "environment": "#include <cstdlib>\nchar* f() { return std::getenv(\"HOME\"); }",
    }
    innocent = ("#include <map>\n#include <string>\n"
                "int f(std::map<std::string, int>& m) { return m[\"read\"]; }")
    with tempfile.TemporaryDirectory() as folder:
        source, object_file = pathlib.Path(folder, "x.cpp"), pathlib.Path(folder, "x.o")

        def judged(text):
            source.write_text(text)
            subprocess.run([compiler, "-std=c++20", "-O1", "-c", source, "-o", object_file],
                           check=True)
            return check(object_file)

        for kind, text in samples.items():
            if not any(f"({kind})" in finding for finding in judged(text)):
                sys.exit(f"self-test: a violation of kind '{kind}' was not found")
        lint.must_be_silent(judged(innocent))


if __name__ == "__main__":
    _, _, compiler, *archives = sys.argv
    self_test(compiler)
    lint.conclude("purity", [finding for archive in archives for finding in check(archive)])
