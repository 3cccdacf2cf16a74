"""Shelters owns places, beds and stays, and the board that shows them.

It does not own the case: a keeper sees an arrival card and nothing more.
Start reading at `models.py`, then `actions.py`.
"""
