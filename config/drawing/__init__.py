"""Pictures drawn from the code itself: a case's way with "you are here", and state machines.

Plain values in, SVG text out: no style attribute, no script, nothing asked of the database. Start
reading in `flow.py` (the way of one case) and `machine.py` (what may happen at all).
"""

from config.drawing.flow import flow
from config.drawing.machine import machine

__all__ = ["flow", "machine"]
