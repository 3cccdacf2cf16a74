"""Pure rules of asking: what ground covers a request, who wins it, what a card may say."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safekeeping.errors import RuleBroken

# What a receiver may open ends this long after the work: time for its own papers. Our choice.
TAIL = timedelta(days=14)
# A band on a card is at least so wide that it points at nobody. Our choice.
BAND_YEARS = 10
POLICE = frozenset({"commune_police", "provincial_police"})


class Silence(StrEnum):
    """Outcomes and reasons that are a danger sign first: is she safe? Our choice."""

    DID_NOT_COME = "did_not_come"
    NOT_REACHABLE = "not_reachable"


SILENT = frozenset(Silence)
GOES_SELF = "goes_self"


@dataclass(frozen=True)
class Request:
    """What is asked: a service, of this kind of agency, with these groups opened to it."""

    service: str
    kind: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Given:
    """What she agreed to: the same three things."""

    service: str
    kind: str
    groups: frozenset[str]


@dataclass(frozen=True)
class Statute:
    """A law that allows sharing without consent: with whom, for what, and at most which groups."""

    text: str
    kinds: frozenset[str]
    services: frozenset[str]
    groups: frozenset[str]


# Who can own a case.
OWNERS = frozenset({"social_work_centre", "commune_committee", "duty_desk"})
# What may be asked for past the soft guards when life is in danger. Our choice.
OVERTAKES = frozenset({"police", "health", "child_protection"})
WAY_TO_HER = frozenset({"person", "contact", "whereabouts", "children", "risk"})
LIFE_GROUPS = WAY_TO_HER | {"health", "needs"}
CHILD_BODIES = POLICE | {"commune_committee", "child_line", "social_work_centre", "labour_body"}

STATUTES: dict[str, Statute] = {
    "law13_20_3": Statute(
        "Law 13/2022/QH15 art. 20(3)",
        POLICE,
        frozenset({"police"}),
        WAY_TO_HER | {"account", "accused"},
    ),
    "law13_20_4": Statute("Law 13/2022/QH15 art. 20(4)", POLICE, frozenset({"police"}), WAY_TO_HER),
    "child_51": Statute(
        "Children's Law 102/2016/QH13 art. 51",
        CHILD_BODIES,
        frozenset({"police", "child_protection"}),
        WAY_TO_HER | {"account"},
    ),
}


def covers(given: Given, asked: Request) -> bool:
    """Whether a consent is for exactly this service and kind, and for all of these groups."""
    return (
        given.service == asked.service and given.kind == asked.kind and asked.groups <= given.groups
    )


def require_consent(given: Iterable[Given], asked: Request) -> Given:
    """The consent that covers the request.

    Raises RuleBroken("consent-missing"): she has not agreed to this service by this kind of agency
    with these groups. Source: Law 91/2025/QH15 (consent is specific).
    """
    for one in given:
        if covers(one, asked):
            return one
    raise RuleBroken("consent-missing")


def require_statute(code: str, asked: Request) -> Statute:
    """The law that covers the request.

    Raises RuleBroken("statute-not-fitting"): no such law, or not for this body, service or group.
    """
    law = STATUTES.get(code)
    if law is None or asked.kind not in law.kinds or asked.service not in law.services:
        raise RuleBroken("statute-not-fitting")
    if not asked.groups <= law.groups:
        raise RuleBroken("statute-not-fitting")
    return law


def require_life(asked: Request) -> None:
    """Danger to life opens the way to police, a doctor and the child's protectors, no more.

    Raises RuleBroken("life-not-for-this"): another service, or groups that save nobody's life.
    Source: our choice.
    """
    if asked.service not in OVERTAKES or not asked.groups <= LIFE_GROUPS:
        raise RuleBroken("life-not-for-this")


def statutes_for(service: str, kind: str) -> list[str]:
    """Laws that allow a request of this kind, for a form."""
    return [code for code, law in STATUTES.items() if kind in law.kinds and service in law.services]


def require_parts(needs: Sequence[str], parts: Collection[str]) -> list[str]:
    """The accepted parts in the order in which they were asked for.

    Raises RuleBroken("parts-none") for nothing chosen, RuleBroken("parts-all") for everything: that
    is a whole acceptance. Raises RuleBroken("parts-unknown") for what was not asked for.
    """
    if not set(parts) <= set(needs):
        raise RuleBroken("parts-unknown")
    taken = [need for need in needs if need in set(parts)]
    if not taken:
        raise RuleBroken("parts-none")
    if len(taken) == len(needs):
        raise RuleBroken("parts-all")
    return taken


def rest(needs: Sequence[str], parts: Collection[str]) -> list[str]:
    """What nobody has taken on yet."""
    return [need for need in needs if need not in set(parts)]


@dataclass(frozen=True)
class Band:
    """An age band of a card: from `least`, exclusive `below`."""

    code: str
    least: int
    below: int | None

    @property
    def is_wide(self) -> bool:
        return self.below is None or self.below - self.least >= BAND_YEARS


def band_of(birth_year: int | None, year: int, bands: Iterable[Band]) -> str:
    """The band of an age on a card; "unknown" where the year of birth is not known."""
    if birth_year is None:
        return "unknown"
    age = year - birth_year
    for band in bands:
        if band.is_wide and band.least <= age and (band.below is None or age < band.below):
            return band.code
    return "unknown"


def closes(ended: datetime) -> datetime:
    """When what was opened to a receiver closes (exclusive)."""
    return ended + TAIL


def require_reach(reach_by: str, *, contactable: bool) -> None:
    """Raises RuleBroken("contact-taken-back"): on her consent nobody may reach for her now.

    Where she goes herself, the door stays open. The law and danger to life ask her nothing.
    """
    if not contactable and reach_by != GOES_SELF:
        raise RuleBroken("contact-taken-back")


def revoked_by(scope: str, *, consent_ended: bool, reach_by: str) -> bool:
    """Whether a withdrawal ends a live request made on her consent.

    Withdrawn sharing or service ends those whose consent it took. Withdrawn contact ends those in
    which somebody would reach for her; where she goes herself, the door stays open. Our choice.
    """
    if scope == "contact":
        return consent_ended or reach_by != GOES_SELF
    return consent_ended
