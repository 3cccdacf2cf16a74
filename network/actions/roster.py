"""Who is on duty: shifts written ahead, and taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from network import policy
from network.actors import Actor
from network.models import Agency, Membership, Shift, ShiftPhone
from safekeeping import events, keys
from safekeeping.errors import NotVisible, RuleBroken, require
from safekeeping.sealed import open_fields

LONGEST = timedelta(hours=24)  # our choice: nobody is on duty for longer without being asked again
LATE = timedelta(hours=24)  # a shift that began yesterday may still be written down


@dataclass(frozen=True)
class Turn:
    """One shift: who, when, at which place in the order of ringing, on which phone."""

    membership: UUID
    starts: datetime
    ends: datetime
    turn: int
    phone: str


@transaction.atomic
def add_shift(*, actor: Actor, agency: UUID, shift: Turn, now: datetime) -> UUID:
    """Write somebody into the roster; the phone is sealed under the agency's key.

    Raises NotVisible, PermissionDenied, RuleBroken("shift-backwards"), ("shift-too-long"),
    ("shift-over"), ("shift-overlaps"). Records shift.added.
    """
    seen = Agency.objects.visible_to(actor)
    place = seen.select_for_update(of=("self",)).by_reference(agency)
    require(policy.may_run_roster(actor, place.pk))
    member = Membership.objects.live(now).filter(agency=place).by_reference(shift.membership)
    _require_span(shift, now)
    _require_free(member, shift)
    if place.subject is None:
        place.subject = keys.create_subject()
        place.save(update_fields=["subject"])
    added = Shift.born(
        agency=place, membership=member, starts=shift.starts, ends=shift.ends, turn=shift.turn,
        phone=ShiftPhone(number=shift.phone),
    )  # fmt: skip
    events.record("shift.added", subject=added, actor=actor, at=now)
    return added.reference


@transaction.atomic
def end_shift(*, actor: Actor, shift: UUID, now: datetime) -> UUID:
    """Take a shift back: one to come is dropped, a running one ends now.

    Raises NotVisible, PermissionDenied, RuleBroken("shift-over"). Records shift.ended.
    """
    visible = Shift.objects.visible_to(actor).select_for_update(of=("self",))
    held = visible.select_related("agency").by_reference(shift)
    require(policy.may_run_roster(actor, held.agency_id))
    if held.ends <= now:
        raise RuleBroken("shift-over")
    held.ends = max(now, held.starts)
    held.save(update_fields=["ends"])
    events.record("shift.ended", subject=held, actor=actor, at=now)
    return held.reference


def open_week(
    *, actor: Actor, agency: Agency, starts: datetime, ends: datetime, now: datetime
) -> list[Shift]:
    """The shifts of an agency within a span, with their phones opened, the earliest first.

    Raises NotVisible, Unreadable. Records roster.opened, unless there is no shift.
    """
    if not policy.may_see_roster(actor, agency.pk):
        raise NotVisible
    span = Shift.objects.within(starts, ends).filter(agency=agency)
    shifts = list(span.select_related("membership__user").order_by("starts", "turn", "pk"))
    for shift in shifts:
        shift.agency = agency
    open_fields(shifts, ["phone"])
    if shifts:
        events.record("roster.opened", subject=agency, actor=actor, at=now, groups=["phone"])
    return shifts


def _require_span(shift: Turn, now: datetime) -> None:
    if shift.ends <= shift.starts:
        raise RuleBroken("shift-backwards")
    if shift.ends - shift.starts > LONGEST:
        raise RuleBroken("shift-too-long")
    if shift.starts < now - LATE:
        raise RuleBroken("shift-over")


def _require_free(member: Membership, shift: Turn) -> None:
    if Shift.objects.within(shift.starts, shift.ends).filter(membership=member).exists():
        raise RuleBroken("shift-overlaps")
