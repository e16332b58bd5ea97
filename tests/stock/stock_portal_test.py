#!/usr/bin/python3
"""Three stock programs and our portal: shows that the portal tells the truth.

    stock client -- NAT --+-- stock gateway -- private network
                          |
                  our portal, stock relay

All scenarios of tests/e2e/scenarios.py, directly and through the relay.
"""

import sys

import suite

sys.exit(suite.main(gateway=suite.stock("firezone-gateway"),
                    client=suite.stock("firezone-headless-client")))
