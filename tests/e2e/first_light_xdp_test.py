#!/usr/bin/python3
"""Our gateway with XDP, our client and coturn.

All scenarios of scenarios.py; the tunnel's data must come through the rings.
"""

import sys

import requirements

import scenarios
from lab.cast import Cast


def main():
    requirements.need_namespaces()
    return scenarios.main(Cast.of(datapath="xdp"))


sys.exit(main())
