"""Rows of safekeeping: wrapped keys, events and their seals."""

from safekeeping.models.keys import Erasure, KeyCanary, SubjectKey

__all__ = ["Erasure", "KeyCanary", "SubjectKey"]
