"""Drills: what must hold while the house is attacked, raced and killed; one file a figure.

Each runs short in `make test` and at length by `make drill ID=R4`, and prints its figure.
"""
