"""Hotline owns alerts, the texts that ring for them and the live line: the only way to the outside.

It does not own what it alerts about. Start reading at `handlers.py` (who is rung about what),
then `actions.py` (the ladder).
"""
