"""What tests look at past all locks: rows as the owner of the tables sees them."""

from typing import Any
from uuid import UUID

from django.db import connection

from casework.models import Case, Report
from safekeeping import rls
from tests.conftest import NOW


def case_id_of(reference: UUID) -> int:
    """The id of a case or a report, through the sweep's eyes: nobody's rights are widened."""
    with rls.acting(actor=None, now=NOW, system="setup"), connection.cursor() as cursor:
        cursor.execute("SELECT currval('casework_case_id_seq')")
        last = cursor.fetchone()[0]
        for case_id in range(last, 0, -1):
            with rls.on_case(case_id):
                if Case.objects.filter(pk=case_id, reference=reference).exists():
                    return case_id
                if Report.objects.filter(case_id=case_id, reference=reference).exists():
                    return case_id
    raise AssertionError("no such case")


def rows(model: Any, reference: UUID, **only: Any) -> list[Any]:
    """All rows of a case, by its reference."""
    case_id = case_id_of(reference)
    with rls.acting(actor=None, now=NOW, system="setup"), rls.on_case(case_id):
        column = "pk" if model is Case else "case_id"
        return list(model.objects.filter(**{column: case_id}, **only).order_by("pk"))


def one(model: Any, reference: UUID, **only: Any) -> Any:
    """The only such row of a case."""
    (row,) = rows(model, reference, **only)
    return row


def topics(reference: UUID) -> list[str]:
    """Topics of all events of a case, in order."""
    from safekeeping.models import Event

    return [event.topic for event in rows(Event, reference)]


def codes(ids: list[int]) -> list[str]:
    """Agencies' names in the data, in order of the ids."""
    from network.models import Agency

    named = dict(Agency.objects.filter(pk__in=ids).values_list("pk", "code"))
    return [named[one] for one in ids]


def share(reference: UUID, actor: Any, groups: set[str], **more: Any) -> None:
    """Let an agency open groups of a case, as an accepted referral would."""
    from casework import access

    case = one(Case, reference)
    with rls.acting(actor=actor, now=NOW), rls.on_case(case.pk):
        access.grant(
            case, agency_id=actor.agency_id, groups=groups, source=case.reference,
            **{"starts": NOW, "why": "consent", **more},
        )  # fmt: skip


def let_in(reference: UUID, actor: Any, way: str, now: Any) -> None:
    """Let somebody in by consent or broken glass; an owner is in already."""
    if way == "consent":
        share(reference, actor, {"contact"})
    if way == "break_glass":
        share(reference, actor, {"contact"}, why="break_glass", user_id=actor.user_id)


def block(reference: UUID, now: Any, **who: Any) -> None:
    """Name somebody in the list, as a supervisor's action would."""
    from casework.models import Block

    case = one(Case, reference)
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
        Block.born(case=case, why="asked", starts=now, **who)
