"""What the house can do, measured against something in the same run; `make bench` prints it.

One file a figure, its work said in a sentence. Machines are shared and noisy: runs take turns and
the ratio of their medians counts, never a time. Start at `measuring.py`; pytest runs each bench
tiny and asserts what it counted.
"""
