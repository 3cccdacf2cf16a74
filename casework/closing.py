"""When a case may be proposed for closure. Pure rules over plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.instruments import is_high
from safekeeping.errors import RuleBroken

LINKED = "linked"  # to the case that goes on
REASONS = frozenset(
    {
        "safe", "own_decision", "moved", "lost_contact", "died", "not_confirmed", "not_in_scope",
        "entered_by_mistake", LINKED,
    }
)  # fmt: skip
# She is cared for in the other case, or there is nobody to be cared for any more: nothing would be
# learnt from assessing again. Our choice; the second person stays.
WITHOUT_REVIEW = frozenset({LINKED, "entered_by_mistake", "died"})
# Nobody can say that she is safe: she was sought on three days, or is asked after elsewhere.
NOT_ASKED_AFTER = WITHOUT_REVIEW | {"lost_contact"}
# Our choices.
RECENT = timedelta(days=7)
DAYS_TRIED = 3
WAYS_TRIED = 2


@dataclass(frozen=True)
class Facts:
    """What the file says. tries: day and way of each contact in which she was not reached.

    is_joined: a case that goes on is known to tell of the same event. is_asked_after: it is still
    open whether she is safe.
    """

    assessed_at: datetime | None = None
    has_conference: bool = False
    tries: tuple[tuple[date, str], ...] = ()
    has_died: bool = False
    is_joined: bool = False
    is_asked_after: bool = False


def require(facts: Facts, reason: str, level: str, *, now: datetime) -> None:
    """Raises RuleBroken: "assessment-old", "conference-missing", "tries-missing", "death-missing",
    "link-missing", "safe-check-open".
    """
    for code, is_met in GUARDS:
        if not is_met(facts, reason, level, now):
            raise RuleBroken(code)


def _needs_review(reason: str, level: str) -> bool:
    return is_high(level) and reason not in WITHOUT_REVIEW


def is_recently_assessed(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """High or extreme risk: assessed at most seven days ago."""
    if not _needs_review(reason, level):
        return True
    return facts.assessed_at is not None and now - facts.assessed_at <= RECENT


def is_conferred(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """High or extreme risk: others have looked at it together."""
    return facts.has_conference or not _needs_review(reason, level)


def is_tried(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """Lost contact: three tries on different days, not all in the same way."""
    if reason != "lost_contact":
        return True
    days = {day for day, _ in facts.tries}
    ways = {way for _, way in facts.tries}
    return len(days) >= DAYS_TRIED and len(ways) >= WAYS_TRIED


def is_death_known(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """Died: written down, so that nobody calls her and another office looks back."""
    return reason != "died" or facts.has_died


def is_in_other_case(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """Linked: there is a case in which she is cared for."""
    return reason != LINKED or facts.is_joined


def is_known_safe(facts: Facts, reason: str, level: str, now: datetime) -> bool:
    """Silence is a danger sign, never just an end: the question is answered, or let go by name."""
    return reason in NOT_ASKED_AFTER or not facts.is_asked_after


GUARDS: tuple[tuple[str, Callable[[Facts, str, str, datetime], bool]], ...] = (
    ("assessment-old", is_recently_assessed),
    ("conference-missing", is_conferred),
    ("tries-missing", is_tried),
    ("death-missing", is_death_known),
    ("link-missing", is_in_other_case),
    ("safe-check-open", is_known_safe),
)
