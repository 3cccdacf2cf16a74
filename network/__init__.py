"""Owns who takes part: people, agencies, memberships, shifts, dated units, code lists, clocks.

Does not own any case, nor what happens in one. Start reading at `models/`, then `registry.py`
(the questions that every app asks) and `loading/` (how a province becomes rows).
"""
