#!/usr/bin/python3
"""Our client with a stock gateway and relay: what we hold for a client's part is one.

    fz-client -- NAT --+-- stock gateway -- private network
                       |
               our portal, stock relay

All scenarios of tests/e2e/scenarios.py, directly and through the relay.
"""

import sys

import suite

sys.exit(suite.main(gateway=suite.stock("firezone-gateway"), client=None))
