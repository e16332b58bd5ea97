"""A virtual machine by software emulation, for what the machine's own kernel or cards cannot show.

Start reading at `machine` (the drawing), then `image` (what is in it), `kernel` (where it is from).
"""
