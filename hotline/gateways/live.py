"""Tells open pages that something changed: kind and reference only; the page reads again itself."""

import json

from django.db import connection

CHANNEL = "live"


def group_of_agency(agency_id: int) -> str:
    """The socket group of an agency's pages."""
    return f"agency.{agency_id}"


BEDS = "beds"  # every open bed board


def push(group: str, kind: str, reference: object) -> None:
    """Tell a group, at the commit of the transaction that we are in."""
    message = {"type": "live.changed", "kind": kind, "reference": str(reference)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps([group, message])])
