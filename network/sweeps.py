"""On the day an agency ends: its people, its roster and what it offers; the rest is other apps'.

Must be the first of the sweeps: whether the agency may end is asked before anything passes on.
"""

from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from network import edition, endings, registry
from network.models import Agency, Coverage, Edition, Membership, Service, Shift
from network.roles import OF_A_COMMUNE
from safekeeping import events, keys, rls
from safekeeping.errors import Unreadable
from safekeeping.sealed import open_fields
from safekeeping.sweeps import each, sweep

# It changes what set-up made, and writes of agencies, which no case's reader may read.
SYSTEM = "setup"


@sweep("agencies")
def end_agencies(now: datetime) -> int:
    """End what an ended agency was to people and places; returns how many agencies were touched.

    One that may not end (somebody sleeps there) stays a day longer. Once it holds nothing it is
    left alone. Each in a transaction of its own.
    Records membership.ended, agency.end_put_off with why, agency.ended.
    """
    with rls.acting(actor=None, now=now, system=SYSTEM):
        due = [(one.pk,) for one in endings.leaving(now)]
    return each(_end, due, now)


def _end(pk: int, now: datetime) -> bool:
    with rls.acting(actor=None, now=now, system=SYSTEM):
        one = Agency.objects.select_for_update(of=("self",)).get(pk=pk)
        day = one.valid_to
        if day is None or day > registry.localdate(now) or one.passed_on_at is not None:
            return False
        if word := endings.kept_by(one.pk, now):
            _put_off(one, word, now)
            return True
        heirs = registry.successors_of(one, registry.localdate(now))
        roster_passed = _pass_roster(one, heirs, _midnight(day), now)
        _end_memberships(one, _midnight(day), now)
        _pass_services(one, heirs, day)
        if roster_passed and not endings.held_by(one.pk, now):
            one.passed_on_at = now
            one.save(update_fields=["passed_on_at"])
            events.record("agency.ended", subject=one, actor=None, at=now)
    return True


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=registry.zone())


def _put_off(one: Agency, word: str, now: datetime) -> None:
    """It is there tomorrow as well, and asked again then."""
    one.valid_to = registry.localdate(now) + timedelta(days=1)
    one.save(update_fields=["valid_to"])
    Edition.objects.renew()
    edition.forget()
    events.record("agency.end_put_off", subject=one, actor=None, at=now, code=word)


def _end_memberships(one: Agency, midnight: datetime, now: datetime) -> None:
    theirs = Membership.objects.filter(Q(ends=None) | Q(ends__gt=midnight), agency=one)
    for member in theirs.order_by("pk"):
        member.ends = max(member.starts, midnight)
        member.save(update_fields=["ends"])
        events.record("membership.ended", subject=member, actor=None, at=now, code="agency_ended")


def _pass_roster(one: Agency, heirs: list[Agency], midnight: datetime, now: datetime) -> bool:
    """Shifts to come go along with whoever has a place at a successor; the others end.

    False while a phone cannot be read: it is tried again.
    """
    ahead = Shift.objects.standing().filter(agency=one, ends__gt=midnight)
    if not _give_shifts(one, list(ahead.select_related("agency", "membership")), heirs, midnight):
        return False
    ahead.update(ends=Greatest(F("starts"), Value(midnight)))
    for heir in heirs[:1]:
        if one.duty_phone and not heir.duty_phone:
            heir.duty_phone = one.duty_phone
            heir.save(update_fields=["duty_phone"])
            Edition.objects.renew()
            edition.forget()
    return True


def _give_shifts(one: Agency, shifts: list[Shift], heirs: list[Agency], midnight: datetime) -> bool:
    places = Membership.objects.live(midnight).filter(agency__in=heirs).order_by("-pk")
    there = {place.user_id: place for place in places}
    # One row for all who go there: the first of them makes the key that the others' phones need.
    offices = {heir.pk: heir for heir in heirs}
    going = [shift for shift in shifts if shift.membership.user_id in there]
    try:
        open_fields(going, ["phone"])
        for shift in going:
            place = there[shift.membership.user_id]
            _give(shift, place, offices[place.agency_id], midnight)
    except Unreadable:
        return False
    return True


def _give(shift: Shift, place: Membership, heir: Agency, midnight: datetime) -> None:
    starts = max(shift.starts, midnight)
    if Shift.objects.within(starts, shift.ends).filter(membership=place).exists():
        return  # the successor has written its own roster for that time
    if heir.subject is None:
        heir.subject = keys.create_subject()
        heir.save(update_fields=["subject"])
    Shift.born(
        agency=heir, membership=place, starts=starts, ends=shift.ends, turn=shift.turn,
        phone=shift.phone,
    )  # fmt: skip


def _pass_services(one: Agency, heirs: list[Agency], day: date) -> None:
    """What it offered, where; a successor that offers it there already gets nothing new.

    An authority of a commune covers its commune: what becomes of that is said with the units.
    """
    offered = Service.objects.filter(agency=one, valid_to=None)
    if len(heirs) == 1 and one.kind not in OF_A_COMMUNE:
        for service in offered.order_by("pk").prefetch_related("covers"):
            _offer(service, heirs[0], day)
    offered.update(valid_to=Greatest(F("valid_from"), Value(day)))


def _offer(service: Service, heir: Agency, day: date) -> None:
    held = Coverage.objects.filter(service__agency=heir, service__kind=service.kind)
    covered = set(held.filter(service__valid_to=None).values_list("unit_id", flat=True))
    wanted = {unit.pk for unit in service.covers.all()} - covered
    if not wanted:
        return
    row, _ = Service.objects.get_or_create(
        agency=heir, kind=service.kind, valid_from=max(day, heir.valid_from),
        defaults={
            "hours": service.hours, "capacity_note": service.capacity_note, "order": service.order,
        },
    )  # fmt: skip
    Coverage.objects.bulk_create(Coverage(service=row, unit_id=pk) for pk in sorted(wanted))
