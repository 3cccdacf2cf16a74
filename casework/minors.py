"""A child's consent: the child's own view, and who speaks for it. Pure.

Source: Children's law 2016 (a child is under 16); Law 91/2025/QH15 (from seven years on the child
is asked as well as who represents it). Whoever is accused, or lives with the accused, represents
nobody: who must not be told is named on the case.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from safekeeping.errors import RuleBroken

CHILD_BELOW = 16  # years
ASKED_FROM = 7  # years
UNDER = "under_16"  # of the age groups
DISAGREES = "disagrees"  # of a child's views


@dataclass(frozen=True)
class Age:
    """What is known of it: the year of birth, else the group it was put in."""

    birth_year: int | None
    age_band: str = ""

    def may_be_child(self, year: int) -> bool:
        """Whether it has to be asked about: by the year alone, one may be 15 or 16."""
        if self.birth_year is None:
            return self.age_band == UNDER
        return year - self.birth_year <= CHILD_BELOW

    def is_child(self, year: int) -> bool:
        """Whether somebody has to speak for this person."""
        if self.birth_year is None:
            return self.age_band == UNDER
        return year - self.birth_year < CHILD_BELOW

    def is_asked(self, year: int) -> bool:
        """Whether the child's own view has to be asked."""
        return self.birth_year is None or year - self.birth_year >= ASKED_FROM


def age_of(case: Any) -> Age:
    """Of the survivor of a case that was annotated with `of_age`."""
    return Age(case.birth_year, case.age_band or "")


@dataclass(frozen=True)
class Voice:
    """Who spoke for the child, and what the child says: codes, empty where nobody said."""

    spoken_for_by: str = ""
    child_view: str = ""


def require_voice(voice: Voice, age: Age, *, year: int, not_told: Collection[str]) -> None:
    """What was agreed to holds: raises RuleBroken where it does not.

    "representative-not-told" (must not be told, so cannot agree), "child-disagrees",
    "representative-missing", "child-not-asked".
    """
    if voice.spoken_for_by in not_told:
        raise RuleBroken("representative-not-told")
    if voice.child_view == DISAGREES:
        raise RuleBroken("child-disagrees")
    if not age.is_child(year):
        return
    if not voice.spoken_for_by:
        raise RuleBroken("representative-missing")
    if not voice.child_view and age.is_asked(year):
        raise RuleBroken("child-not-asked")
