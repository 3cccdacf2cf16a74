"""One number for a whole play: the same seed gives the same, whoever plays it and wherever.

Over topic, actor, time and order of all events; without ids and references, which are random.
"""

import hashlib
from datetime import UTC, datetime

from network.models import Agency, User
from safekeeping import rls
from safekeeping.models import Event

AT_ONCE = 2000


def of_events(since: int, now: datetime) -> str:
    """SHA-256 of every event after this id, in order; what was recorded before is not counted."""
    names: dict[int | None, str] = {**dict(User.objects.values_list("pk", "username"))}
    offices: dict[int | None, str] = {**dict(Agency.objects.values_list("pk", "code"))}
    found = hashlib.sha256()
    with rls.acting(actor=None, now=now, system="audit"):
        rows = Event.objects.filter(pk__gt=since).order_by("pk")
        told = rows.values_list("topic", "actor_id", "agency_id", "recorded_at", "happened_at")
        for topic, actor, office, at, happened in told.iterator(chunk_size=AT_ONCE):
            times = (f"{each.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}" for each in (at, happened))
            line = [topic, names.get(actor, ""), offices.get(office, ""), *times]
            found.update("\t".join(line).encode() + b"\n")
    return found.hexdigest()


def last_id(now: datetime) -> int:
    """The id of the newest event; 0 if there is none."""
    with rls.acting(actor=None, now=now, system="audit"):
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
