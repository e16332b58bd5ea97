#!/usr/bin/python3
"""Our gateway, our client and coturn: a private network reached directly and through a relay.

    fz-client -- NAT --+-- our gateway -- private network
                       |
               our portal, coturn

All scenarios of scenarios.py.
"""

import sys

import requirements

import scenarios
from lab.cast import Cast


def main():
    requirements.need_namespaces()
    return scenarios.main(Cast.of())


sys.exit(main())
