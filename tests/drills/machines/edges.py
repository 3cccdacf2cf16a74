"""Which moves there are, from the tables of the design (domain §3) and not from the code."""

_LIVE_CASE = ("DETECTED", "ASSIGNED", "ASSESSED", "SUPPORTED", "FOLLOW_UP")
_ASKED, _YES = ("SENT", "LAPSED"), ("ACCEPTED", "PARTLY_ACCEPTED")
_WORK = (*_YES, "STARTED")
_OPEN_STAY, _ASLEEP = ("REQUESTED", "WAITING", "SAFE_ELSEWHERE"), ("ADMITTED", "AWAY")
_RINGING = ("OPEN", "NOTIFIED", "EXHAUSTED")


def _cross(sources: tuple[str, ...], targets: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(one, other) for one in sources for other in targets}


# Rows of a kind are born in the first of these states; a walk-in is born where she sleeps.
BORN = {
    "case": {"DETECTED"}, "referral": {"SENT"}, "stay": {"REQUESTED", "ADMITTED"},
    "alert": {"OPEN"},
}  # fmt: skip

EDGES: dict[str, set[tuple[str, str]]] = {
    "case": {
        ("DETECTED", "ASSIGNED"), ("ASSIGNED", "ASSESSED"), ("ASSIGNED", "SUPPORTED"),
        ("ASSESSED", "SUPPORTED"), ("ASSESSED", "FOLLOW_UP"), ("SUPPORTED", "FOLLOW_UP"),
        ("FOLLOW_UP", "SUPPORTED"), ("CLOSING", "CLOSED"), ("CLOSED", "ASSIGNED"),
        *_cross(_LIVE_CASE, ("CLOSING",)), *_cross(("CLOSING",), _LIVE_CASE),
    },
    "referral": {
        *_cross(_ASKED, (*_YES, "DECLINED", "SUPERSEDED", "WITHDRAWN", "REVOKED")),
        ("SENT", "LAPSED"), ("SENT", "ACKNOWLEDGED"),
        *_cross(_YES, ("STARTED", "VOIDED")),
        *_cross(_WORK, ("COMPLETED", "RETURNED", "REVOKED")),
    },
    "stay": {
        ("REQUESTED", "WAITING"), *_cross(("REQUESTED", "WAITING"), ("SAFE_ELSEWHERE",)),
        *_cross(_OPEN_STAY, ("HELD", "CANCELLED")),
        *_cross(("HELD",), ("ADMITTED", "LAPSED", "CANCELLED", "VOIDED")),
        ("ADMITTED", "AWAY"), ("AWAY", "ADMITTED"), ("ADMITTED", "VOIDED"),
        *_cross(_ASLEEP, ("DISCHARGED", "TRANSFERRED", "LEFT_UNTOLD")),
    },
    "alert": {
        ("OPEN", "NOTIFIED"), *_cross(_RINGING, ("EXHAUSTED", "ACKNOWLEDGED", "CANCELLED")),
        ("ACKNOWLEDGED", "OPEN"),
    },
}  # fmt: skip


def is_edge(kind: str, before: str, after: str) -> bool:
    """Whether the design knows this move; staying where one is moves nothing."""
    return before == after or (before, after) in EDGES[kind]
