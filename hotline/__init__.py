"""Hotline owns calls, alerts and the live line: the only app that talks to the outside.

It does not own what it alerts about. Start reading at `models.py`, then `actions.py`.
"""
