"""Words for the coded values of each dimension, and how many values it can take."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from figures.rules import Span
from figures.tables import IN_TIME, REFERRAL_STATES, STAY_OUTCOMES
from network import registry
from network.roles import AgencyKind

UNKNOWN = "unknown"
CODED = {"channel": "channel", "form": "violence_form", "sex": "sex", "age": "age_band"}


def values(dimension: str, span: Span) -> list[tuple[str, str]]:
    """Every (code, label) a dimension can take in a period, in the order people expect."""
    if dimension in ("sender", "receiver"):
        return [(str(kind), str(kind.label)) for kind in AgencyKind]
    if dimension in FIXED:
        return [(code, _word(code)) for code in FIXED[dimension]]
    # Lists change on a day: what held on the first or on the last one may have been counted.
    held = _held(dimension, span.start) | _held(dimension, span.end - timedelta(days=1))
    return _with_unknown(list(held.items()))


def _held(dimension: str, on: date) -> dict[str, str]:
    if dimension == "area":
        return {code: name for code, name, _units in registry.areas(on)}
    return {one.code: one.label for one in registry.codes(CODED[dimension], on)}


def head(dimension: str) -> str:
    """What a column of this dimension is called."""
    return {
        "channel": _("Channel"),
        "area": _("Area"),
        "form": _("Form"),
        "sex": _("Sex"),
        "age": _("Age"),
        "sender": _("Sent by"),
        "receiver": _("Sent to"),
        "state": _("State"),
        "in_time": _("Answer"),
        "outcome": _("Outcome"),
    }[dimension]


FIXED = {"state": REFERRAL_STATES, "in_time": IN_TIME, "outcome": STAY_OUTCOMES}


def _with_unknown(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if any(code == UNKNOWN for code, _label in found):
        return found
    return [*found, (UNKNOWN, _("Not known"))]


def _word(code: str) -> str:
    return {
        "in_time": _("In time"),
        "late": _("Late"),
        "not_yet": _("Not yet answered"),
        "placed": _("Placed"),
        "waiting": _("Waiting"),
        "elsewhere": _("Safe elsewhere"),
        "not_placed": _("Could not be placed"),
        "did_not_arrive": _("Did not arrive"),
        "cancelled": _("No longer needed"),
        "SENT": _("Waiting for an answer"),
        "ACCEPTED": _("Accepted"),
        "PARTLY_ACCEPTED": _("Accepted in part"),
        "ACKNOWLEDGED": _("Acknowledged"),
        "STARTED": _("Started"),
        "COMPLETED": _("Completed"),
        "DECLINED": _("Declined"),
        "RETURNED": _("Returned"),
        "LAPSED": _("Lapsed"),
        "WITHDRAWN": _("Taken back"),
        "SUPERSEDED": _("Answered by another"),
        "REVOKED": _("Stopped: consent withdrawn, or died"),
        "VOIDED": _("Entered by mistake"),
    }[code]
