#!/usr/bin/python3
"""Our gateway between a stock client and a stock relay: a client in the field must not notice.

    stock client -- NAT --+-- our gateway -- private network
                          |
                  our portal, stock relay

All scenarios of tests/e2e/scenarios.py, directly and through the relay.
"""

import sys

import suite

sys.exit(suite.main(gateway=None, client=suite.stock("firezone-headless-client")))
