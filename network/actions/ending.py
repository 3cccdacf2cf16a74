"""An agency ends on a day; what it holds passes to its successor by the sweep, not by this."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from network import edition, endings, policy, registry
from network.actors import Actor
from network.models import Agency, Edition, Membership
from network.roles import AgencyKind, Role
from safekeeping import events
from safekeeping.errors import RuleBroken, require


@transaction.atomic
def end_agency(
    *, actor: Actor, agency: UUID, ends: date, successor: UUID | None, now: datetime
) -> UUID:
    """Say from which day an agency exists no longer, and who takes over; returns its reference.

    ends: the first day without it; a day that has passed already counts at once. May be said again
    until then. successor: None leaves what it holds to the duty desk.
    Raises NotVisible, PermissionDenied, RuleBroken ("agency-ended", "ends-before-it-began",
    "successor-itself", "successor-not-there", "last-duty-desk", "last-admin",
    "somebody-sleeps-there"). Records agency.end_planned, its code the day.
    """
    one = _agency(actor, agency, now)
    heir = Agency.objects.visible_to(actor).by_reference(successor) if successor else None
    _require_day(one, ends)
    _require_heir(one, heir, ends)
    _require_not_last(one, ends, now)
    if word := endings.kept_by(one.pk, now):
        raise RuleBroken(word)
    _set_end(one, ends, heir)
    events.record("agency.end_planned", subject=one, actor=actor, at=now, code=ends.isoformat())
    return one.reference


@transaction.atomic
def keep_agency(*, actor: Actor, agency: UUID, now: datetime) -> UUID:
    """Take a planned end back before its day; returns the agency's reference.

    Raises NotVisible, PermissionDenied, RuleBroken ("agency-ended", "no-end-planned").
    Records agency.end_cancelled.
    """
    one = _agency(actor, agency, now)
    if one.valid_to is None:
        raise RuleBroken("no-end-planned")
    _set_end(one, None, None)
    events.record("agency.end_cancelled", subject=one, actor=actor, at=now)
    return one.reference


def _agency(actor: Actor, reference: UUID, now: datetime) -> Agency:
    """The agency, locked, while it has not ended."""
    seen = Agency.objects.visible_to(actor)
    one = seen.select_for_update(of=("self",)).by_reference(reference)
    require(policy.may_reorganise(actor))
    if one.valid_to is not None and one.valid_to <= registry.localdate(now):
        raise RuleBroken("agency-ended")
    return one


def _require_day(one: Agency, ends: date) -> None:
    if ends <= one.valid_from:
        raise RuleBroken("ends-before-it-began")


def _require_heir(one: Agency, heir: Agency | None, ends: date) -> None:
    if heir is None:
        return
    if heir.pk == one.pk:
        raise RuleBroken("successor-itself")
    if not heir.holds(ends):
        raise RuleBroken("successor-not-there")


def _require_not_last(one: Agency, ends: date, now: datetime) -> None:
    """The network keeps a duty desk, and somebody who may reorganise it."""
    if one.kind == AgencyKind.DUTY_DESK:
        desks = Agency.objects.on(ends).filter(kind=AgencyKind.DUTY_DESK)
        if not desks.exclude(pk=one.pk).exists():
            raise RuleBroken("last-duty-desk")
    admins = Membership.objects.live(now).with_role(Role.NETWORK_ADMIN)
    if not admins.exclude(agency=one).exists():
        raise RuleBroken("last-admin")


def _set_end(one: Agency, ends: date | None, heir: Agency | None) -> None:
    one.valid_to, one.successor = ends, heir
    one.save(update_fields=["valid_to", "successor"])
    Edition.objects.renew()
    edition.forget()
