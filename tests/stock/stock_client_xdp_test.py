#!/usr/bin/python3
"""Our gateway with XDP between a stock client and a stock relay.

All scenarios of tests/e2e/scenarios.py; the tunnel's data must come through the rings.
"""

import sys

import suite

sys.exit(suite.main(gateway=None, client=suite.stock("firezone-headless-client"), datapath="xdp"))
