"""What to look at after a play: a case of each kind, the month, what was missed. No personal data.

A case is named by its human code and its plant; whom to sign in as is somebody who sees it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from casework.models import Case
from config.rehearsal.stage import Stage
from figures.policy import READERS
from network import registry
from network.models import Membership
from network.roles import Role


@dataclass(frozen=True)
class Look:
    """One case to look at: who sees it, and where."""

    kind: str
    code: str
    alias: str
    username: str
    path: str


def found(stage: Stage) -> list[Look]:
    """One case of each kind for which somebody can be named."""
    kinds = sorted(stage.looks.cases.items())
    looks = (_first_seen(stage, kind, scenes) for kind, scenes in kinds)
    return [look for look in looks if look is not None]


def _first_seen(stage: Stage, kind: str, scenes: Iterable[Any]) -> Look | None:
    """A case that is closed stays with its office, also with one that is no more: then an older."""
    seen = (_look(stage, kind, scene) for scene in scenes)
    return next((look for look in seen if look is not None), None)


def lines(stage: Stage) -> Iterator[str]:
    """What a person at the terminal is told."""
    yield "Look at (kind, code, name, sign in as, address):"
    for look in found(stage):
        yield f"  {look.kind:<20} {look.code:<14} {look.alias:<12} {look.username:<8} {look.path}"
    yield _of_month(stage)
    yield "Deadlines missed, by clock:"
    for clock, times in stage.looks.missed.most_common():
        yield f"  {clock:<20} {times:>6}"


def _look(stage: Stage, kind: str, scene: Any) -> Look | None:
    if scene.case is None:
        return None
    people = (scene.worker, scene.team["supervisor"], scene.team["second"])
    for name in filter(stage.is_there, people):
        with stage.acting(name) as actor:
            seen = Case.objects.visible_to(actor).filter(pk=scene.case_id).first()
        if seen is not None:
            return Look(kind, seen.code, seen.alias, name, _path(seen.reference))
    return None


def _path(case: UUID) -> str:
    return reverse("casework:case", args=[case])


def _of_month(stage: Stage) -> str:
    """Where the counted month is, and who may read it: an analyst before anybody else."""
    who = _first_with(stage, Role.ANALYST) or _first_with(stage, *READERS)
    as_whom = f"sign in as {who}" if who else "nobody here may read it yet; an analyst can"
    return f"The month ({as_whom}): {_month(stage)}"


def _month(stage: Stage) -> str:
    """The last one that is over: only such are counted."""
    first = registry.localdate(stage.until).replace(day=1)
    return reverse("figures:period", args=[f"{first - timedelta(days=1):%Y-%m}"])


def _first_with(stage: Stage, *roles: Role) -> str:
    """The user name of whoever came first with one of these roles; empty if nobody has one."""
    found = Membership.objects.live(stage.until).with_role(*roles).order_by("pk").first()
    return found.user.username if found else ""
