"""Shelters owns places, beds and stays, and the board that shows them.

It does not own the case: a keeper sees an arrival card and nothing more of it.
Start reading at `models/stays.py` and `rules.py`, then `actions/holding.py`.
"""
