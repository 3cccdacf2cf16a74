"""Tells open pages that something changed: kind and reference only; the page reads again itself."""

import json
from collections.abc import Iterable

from django.db import connection

CHANNEL = "live"


def group_of_agency(agency_id: int) -> str:
    """The socket group of an agency's pages."""
    return f"agency.{agency_id}"


BEDS = "beds"  # every open bed board


def push(group: str, kind: str, reference: object) -> None:
    """Tell a group, at the commit of the transaction that we are in."""
    push_all([(group, kind, reference)])


def push_all(told: Iterable[tuple[str, str, object]]) -> None:
    """The same to several groups, in one statement: (group, kind, reference) of each."""
    said = [
        json.dumps([group, {"type": "live.changed", "kind": kind, "reference": str(reference)}])
        for group, kind, reference in told
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, one) FROM unnest(%s::text[]) AS one", [CHANNEL, said])
