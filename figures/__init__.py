"""Figures owns the counts: over everything, from coded columns only, rounded before they leave.

It writes nothing but its own mart and releases. Start reading at `rules.py`, then `mart.py`.
"""
