"""What happens to offices and not to a case: somebody leaves, comes back, an office ends.

The world's `happenings` name what, who, by whom, and when: `at` is a share of the play's length,
`on` a day of the calendar, `least_days` how long a play must be for it. What lies outside the play
does not happen.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from config.rehearsal.stage import DAY, Stage, Story
from network import registry
from network.actions import people
from network.actions.ending import end_agency
from network.actions.reorganising import Becomes, NewUnit, Reorganisation, reorganise_communes
from network.models import Agency

Happening = dict[str, Any]


def enter_all(stage: Stage, happenings: list[Happening]) -> None:
    """Each at its moment."""
    days = (stage.until - stage.now).days
    for one in (each for each in happenings if days >= each.get("least_days", 0)):
        at = _moment(stage, one)
        if stage.now < at < stage.until:
            stage.enter(_once(stage, one), at)


def leaves(stage: Stage, one: Happening) -> None:
    """Somebody is signed out for good; their cases are without a worker, and a clock runs."""
    membership = stage.member(one["who"]).reference
    with stage.acting(one["by"]) as actor:
        people.end_membership(actor=actor, membership=membership, now=stage.now)


def comes_back(stage: Stage, one: Happening) -> None:
    """The same person begins anew in an office."""
    with stage.acting(one["by"]) as actor:
        people.begin_membership(
            actor=actor, agency=Agency.objects.get(code=one["agency"]).reference,
            username=one["who"], roles=one["roles"], now=stage.now,
        )  # fmt: skip


def agency_ends(stage: Stage, one: Happening) -> None:
    """From tomorrow an office exists no more; its people sit at the successor's already."""
    heir = Agency.objects.get(code=one["successor"])
    for name in one["people"]:
        comes_back(stage, {**one, "who": name, "agency": heir.code})
    with stage.acting(one["by"]) as actor:
        end_agency(
            actor=actor, agency=Agency.objects.get(code=one["agency"]).reference,
            ends=registry.localdate(stage.now) + DAY, successor=heir.reference, now=stage.now,
        )  # fmt: skip


def communes_change(stage: Stage, one: Happening) -> None:
    """From tomorrow a commune is two, or two are one; new offices get people the same morning."""
    with stage.acting(one["by"]) as actor:
        reorganise_communes(
            actor=actor,
            plan=Reorganisation(
                day=registry.localdate(stage.now) + DAY,
                units=[NewUnit(**unit) for unit in one["units"]],
                becomes=[Becomes(**link) for link in one["becomes"]],
            ),
            now=stage.now,
        )
    stage.enter(_morning(stage, one), stage.midnight() - timedelta(minutes=1))


def _morning(stage: Stage, one: Happening) -> Story:
    """People of the former offices begin in those that come at midnight."""
    tomorrow = registry.localdate(stage.now) + DAY
    for place in one["offices"]:
        office = Agency.objects.get(
            kind=place["kind"], unit__code=place["unit"], valid_from=tomorrow
        )
        for name, roles in place["people"].items():
            comes_back(stage, {**one, "who": name, "agency": office.code, "roles": roles})
        for team in [t for t in stage.teams.values() if t["supervisor"] in place["people"]]:
            stage.teams[office.pk] = team
    yield from _nothing()


KINDS: dict[str, Callable[[Stage, Happening], None]] = {
    "leaves": leaves,
    "comes_back": comes_back,
    "agency_ends": agency_ends,
    "communes_change": communes_change,
}


def _once(stage: Stage, one: Happening) -> Story:
    KINDS[one["what"]](stage, one)
    yield from _nothing()


def _nothing() -> Iterator[Any]:
    return iter(())


def _moment(stage: Stage, one: Happening) -> datetime:
    if "on" in one:
        return datetime.combine(one["on"], time(9), tzinfo=registry.zone())
    return stage.now + (stage.until - stage.now) * float(one["at"])
