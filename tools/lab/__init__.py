"""A whole Firezone on one machine: portal, relay, client, gateway and private network.

Start reading at `topology` (the drawing), then `proofs` (what is shown), then `portal`.
"""
