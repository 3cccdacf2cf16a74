"""Rows of safekeeping, by noun: keys, events and their seals, submissions."""

from safekeeping.models.events import Event, Repair
from safekeeping.models.keys import Erasure, KeyCanary, SubjectHold, SubjectKey
from safekeeping.models.seal import EventSeal
from safekeeping.models.submission import Submission

__all__ = [
    "Erasure",
    "Event",
    "EventSeal",
    "KeyCanary",
    "Repair",
    "SubjectHold",
    "SubjectKey",
    "Submission",
]
