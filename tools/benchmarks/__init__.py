"""What the gateway costs and carries: every figure a ratio or a median of one interleaved session.

Start reading at `catalogue` (which benchmarks there are), then `arrangement` (which processor does
what, and whose time counts), then any benchmark: each is a file of its own.
"""
