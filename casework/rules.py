"""Pure rules of the foundation: who opens what, when a clock is late, codes, guards, alternatives.

Plain values in, plain answers out; which level danger answers give stands in `instruments.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from casework.groups import CONSENTED, EVERY, INFORMANT
from safekeeping.errors import RuleBroken

# Our choices, all of them.
UNHEARD = timedelta(minutes=20)  # then the coordinator may act for the owner
QUIET_AFTER = timedelta(hours=24)  # a late entry older than this raises no alert
GLASS = timedelta(minutes=60)
TYPED = timedelta(minutes=1)  # so exactly does somebody say when a thing was
TAIL = timedelta(days=14)  # what a former owner may still open, for its papers
SEARCHES_AN_HOUR = 30
# After a handover the old owner never sees the new place, nor how she is reached there.
NOT_FORMER = frozenset({"whereabouts", "contact"})
TAIL_GROUPS = CONSENTED - NOT_FORMER

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misheard or misread
CODE_LENGTH = 5
TRIES = 8
PLAIN_TRIES = 2  # of these, by the bare name
DIGITS = "23456789"

Choose = Callable[[Sequence[str]], str]


# Who opens what


@dataclass(frozen=True)
class Standing:
    """How a person stands to a case."""

    is_blocked: bool = False
    leads: bool = False
    works: bool = False
    granted: frozenset[str] = frozenset()


def groups_of(standing: Standing) -> frozenset[str]:
    """The groups one may open. Deny beats every allow; `informant` is the supervisor's alone."""
    if standing.is_blocked:
        return frozenset()
    if standing.leads:
        return EVERY
    if standing.works:
        return EVERY - {INFORMANT}
    return standing.granted - {INFORMANT}


# Time


def fact_time(happened_at: datetime | None, now: datetime) -> datetime:
    """When a fact was so: as told, or now. Raises RuleBroken("in-the-future")."""
    at = happened_at or now
    if at > now:
        raise RuleBroken("in-the-future")
    return at


def is_unheard(waits_since: datetime | None, *, now: datetime) -> bool:
    """Whether a notice has waited so long that the duty desk may act for the owner."""
    return waits_since is not None and now - waits_since >= UNHEARD


def is_quiet(*, due: datetime, is_late_entry: bool, now: datetime) -> bool:
    """Whether a breach is only shown and counted: an old fact entered late wakes nobody."""
    return is_late_entry and now - due >= QUIET_AFTER


# Guards


class Strength(StrEnum):
    SOFT = "soft"
    HARD = "hard"


# A soft guard may be passed for danger to life with one sentence; a hard one by nobody.
GUARDS: Mapping[str, Strength] = {
    "assignment": Strength.SOFT,
    "assessment": Strength.SOFT,
    "consent": Strength.SOFT,
    "agreement": Strength.SOFT,
    "second_person": Strength.SOFT,
    "fresh_mfa": Strength.SOFT,
    "capacity": Strength.SOFT,
    "shift": Strength.SOFT,
    "conflict_block": Strength.HARD,
    "groups": Strength.HARD,
    "addressee": Strength.HARD,
    "one_body_one_bed": Strength.HARD,
    "event": Strength.HARD,
}


def require_soft(failed: Collection[str], sentence: str, **facts: object) -> bool:
    """Whether failed guards are passed by an override; False if none failed.

    facts: what else the page of the refusal asks for. Raises RuleBroken("soft-guard", guards=…)
    without a sentence, RuleBroken("hard-guard", …) if one of them may never be passed.
    """
    if not failed:
        return False
    hard = sorted(guard for guard in failed if GUARDS[guard] is Strength.HARD)
    if hard:
        raise RuleBroken("hard-guard", guards=",".join(hard))
    if not sentence.strip():
        raise RuleBroken("soft-guard", guards=",".join(sorted(failed)), **facts)
    return True


# What is asked in the report


ALONE = ("none", "could_not_ask")  # answers that no other may stand beside
HELD = "held"  # of where the person accused is
# So long before the day on which he may be free somebody is rung to ask. Our choice.
RELEASE_NOTICE = timedelta(hours=12)
# What is wanted unless she says otherwise: scope of a withdrawal → the case's column that says it.
WANTED = {"counted": "counted", "contact": "contactable"}


def require_one_answer(needs: Collection[str]) -> None:
    """Raises RuleBroken("needs-contradict") for "nothing" or "could not ask" beside a need."""
    if len(needs) > 1 and not set(needs).isdisjoint(ALONE):
        raise RuleBroken("needs-contradict")


@dataclass(frozen=True)
class Agreed:
    """What she agrees to by naming a need: the service, who may be asked, what they may open."""

    service: str
    kinds: tuple[str, ...]
    groups: frozenset[str]


# Only what is needed to reach and receive her tonight. Our choice.
AGREED: Mapping[str, Agreed] = {
    "doctor": Agreed(
        "health",
        ("health_facility",),
        frozenset({"person", "contact", "whereabouts", "needs", "health"}),
    ),
    "bed": Agreed(
        "shelter",
        ("shelter", "trusted_address", "social_work_centre"),
        frozenset({"person", "contact", "whereabouts", "children", "needs", "risk"}),
    ),
    "talk": Agreed(
        "psychosocial",
        ("social_work_centre", "womens_union", "hotline"),
        frozenset({"person", "contact"}),
    ),
    "police": Agreed(
        "police",
        ("commune_police", "provincial_police"),
        frozenset({"person", "contact", "whereabouts", "children", "risk"}),
    ),
}


def circumstances_told(
    circumstances: Iterable[str], dangers: Mapping[str, str], tracks: Collection[str]
) -> frozenset[str]:
    """Conditions of the notice table: who is there, danger to life, signs of a crime.

    Source: Law 13/2022/QH15 art. 20(3)-(4); strangling and weapons as signs of a crime: ours.
    """
    told = set(circumstances)
    if dangers.get("danger_to_life") == "yes":
        told.add("life")
    if "criminal" in tracks or "yes" in (dangers.get("weapon"), dangers.get("strangled")):
        told.add("crime")
    return frozenset(told)


def is_conflict_open(answer: str) -> bool:
    """Yes, don't know and no answer alike keep the office out until the duty desk has cleared."""
    return answer in ("yes", "unknown", "unanswered")


# Names


def case_code(prefix: str, year: int, choose: Choose) -> str:
    """HY-26-7K4QX: the province, the year, five letters drawn at random."""
    drawn = "".join(choose(CODE_LETTERS) for _ in range(CODE_LENGTH))
    return f"{prefix}-{year % 100:02d}-{drawn}"


def initials(name: str) -> str:
    """A province's letters in a case code; `name` without diacritics: "hung yen" → "HY"."""
    return "".join(word[0] for word in name.split()).upper()


def alias(names: Sequence[str], attempt: int, choose: Choose) -> str:
    """A plant's name; with a number once the owner's live cases have taken what was drawn.

    One digit more for each attempt: an office with thousands of live cases finds a free one too.
    """
    drawn = choose(names)
    digits = "".join(choose(DIGITS) for _ in range(attempt + 1 - PLAIN_TRIES))
    return f"{drawn} {digits}".strip()


def before_release(day: date, zone: tzinfo) -> datetime:
    """When to ask after somebody held until a day: before it begins, by the clock of the place."""
    return datetime.combine(day, time.min, zone) - RELEASE_NOTICE
