"""Communes are merged or split on a day: units, what became of them, and their authorities.

Rows are dated: until the day everything is as it was. On the day what the former authorities hold
passes on by the sweep; where a commune is split, by the place of each act.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from network import edition, policy, registry, rules
from network.actors import Actor
from network.models import AdminChange, AdminUnit, Agency, Area, Coverage, Edition, Level, Service
from network.models.units import WORDS_VI
from network.roles import OF_A_COMMUNE
from safekeeping import events
from safekeeping.errors import RuleBroken, require

CODE_LONGEST = 40


@dataclass(frozen=True)
class NewUnit:
    """A commune that begins on the day. kind: the word before its name, as xa or phuong."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Becomes:
    """A commune of the day before becomes (a part of) a new one; both by their codes."""

    old: str
    new: str
    part: bool = False


@dataclass(frozen=True)
class Reorganisation:
    """What happens on a day. offices: who takes over as (code of the new unit, agency's kind) → an
    agency that exists on the day; a new one is made for whatever is not named."""

    day: date
    units: Sequence[NewUnit]
    becomes: Sequence[Becomes]
    offices: Mapping[tuple[str, str], UUID] = field(default_factory=dict)


@transaction.atomic
def reorganise_communes(*, actor: Actor, plan: Reorganisation, now: datetime) -> UUID:
    """Split and merge communes on a day; returns the reference of the network's edition.

    Each former commune ends on the day and becomes one new commune as a whole, or two and more in
    part; its committee and its police end with it.
    Raises PermissionDenied, RuleBroken ("nothing-becomes", "no-such-unit", "unit-ends-already",
    "code-in-use", "unit-from-nothing", "split-needs-two", "successor-not-there").
    Records units.reorganised, its code the day; agency.end_planned for each former authority and
    agency.begun for each new one.
    """
    require(policy.may_reorganise(actor))
    edition.forget()
    old = _former(plan)
    new = _begin_units(plan, old)
    _link(plan, old, new)
    _into_areas(plan, old, new)
    _pass_authorities(plan, old, new, actor, now)
    Edition.objects.renew()
    edition.forget()
    row = Edition.objects.get()
    events.record("units.reorganised", subject=row, actor=actor, at=now, code=plan.day.isoformat())
    return row.reference


def check(plan: Reorganisation) -> None:
    """Whether the plan is sound in itself. Raises RuleBroken as the action does."""
    if not plan.becomes:
        raise RuleBroken("nothing-becomes")
    named = {unit.code for unit in plan.units}
    if named != {one.new for one in plan.becomes} or len(named) != len(plan.units):
        raise RuleBroken("unit-from-nothing")
    for code in {one.old for one in plan.becomes}:
        parts = [one.part for one in plan.becomes if one.old == code]
        if (len(parts) == 1 and parts[0]) or (len(parts) > 1 and not all(parts)):
            raise RuleBroken("split-needs-two", unit=code)


def _former(plan: Reorganisation) -> dict[str, AdminUnit]:
    """The communes that end, by code, locked. They still exist on the day before."""
    check(plan)
    before = date.fromordinal(plan.day.toordinal() - 1)
    found = {}
    for code in dict.fromkeys(one.old for one in plan.becomes):
        unit = registry.unit_on(code, before)
        if unit is None or unit.level != Level.COMMUNE:
            raise RuleBroken("no-such-unit", unit=code)
        row = AdminUnit.objects.select_for_update().get(pk=unit.pk)
        if row.valid_to is not None:
            raise RuleBroken("unit-ends-already", unit=code)
        found[code] = row
    for new in plan.units:
        bearer = registry.unit_on(new.code, plan.day)
        if bearer is not None and bearer.pk not in {row.pk for row in found.values()}:
            raise RuleBroken("code-in-use", unit=new.code)
    return found


def _begin_units(plan: Reorganisation, old: dict[str, AdminUnit]) -> dict[str, AdminUnit]:
    for row in old.values():
        row.valid_to = plan.day
        row.save(update_fields=["valid_to"])
    return {unit.code: _begin(unit, plan, old) for unit in plan.units}


def _begin(unit: NewUnit, plan: Reorganisation, old: dict[str, AdminUnit]) -> AdminUnit:
    first = old[next(one.old for one in plan.becomes if one.new == unit.code)]
    if unit.kind not in WORDS_VI or not unit.name.strip():
        raise RuleBroken("no-such-unit", unit=unit.code)
    row: AdminUnit = AdminUnit.objects.create(
        code=unit.code,
        name=unit.name.strip(),
        search=rules.folded(unit.name),
        level=Level.COMMUNE,
        kind=unit.kind,
        parent_id=first.parent_id,
        lon=first.lon,
        lat=first.lat,
        valid_from=plan.day,
    )
    return row


def _link(plan: Reorganisation, old: dict[str, AdminUnit], new: dict[str, AdminUnit]) -> None:
    extent = AdminChange.Extent
    AdminChange.objects.bulk_create(
        AdminChange(
            day=plan.day, old=old[one.old], new=new[one.new],
            extent=extent.PART if one.part else extent.WHOLE,
        )
        for one in plan.becomes
    )  # fmt: skip


def _into_areas(plan: Reorganisation, old: dict[str, AdminUnit], new: dict[str, AdminUnit]) -> None:
    """Published figures name areas: a new commune lies in the area of what it was first made of."""
    for code, unit in new.items():
        first = old[next(one.old for one in plan.becomes if one.new == code)]
        for area in Area.objects.on(plan.day).filter(units=first):
            area.units.add(unit)


# The authorities


def _pass_authorities(
    plan: Reorganisation,
    old: dict[str, AdminUnit],
    new: dict[str, AdminUnit],
    actor: Actor,
    now: datetime,
) -> None:
    ending = Agency.objects.select_for_update(of=("self",)).filter(
        kind__in=OF_A_COMMUNE, unit__in=old.values(), valid_to=None
    )
    former = list(ending.select_related("unit").order_by("pk"))
    begun = {
        (code, kind): _authority(plan, code, unit, of_kind, actor, now)
        for code, unit in new.items()
        for kind, of_kind in _by_kind(_makers(plan, code, former)).items()
    }
    for office in former:
        _end(office, plan, begun, actor, now)


def _makers(plan: Reorganisation, code: str, former: Iterable[Agency]) -> list[Agency]:
    made_of = {one.old for one in plan.becomes if one.new == code}
    return [office for office in former if office.unit.code in made_of]


def _by_kind(offices: Iterable[Agency]) -> dict[str, list[Agency]]:
    found: dict[str, list[Agency]] = {}
    for office in offices:
        found.setdefault(office.kind, []).append(office)
    return found


def _authority(
    plan: Reorganisation,
    code: str,
    unit: AdminUnit,
    former: list[Agency],
    actor: Actor,
    now: datetime,
) -> Agency:
    """The authority of a new commune: the agency named, else a new one after the former's model."""
    model = former[0]
    named = plan.offices.get((code, model.kind))
    if named is None:
        office = _make(model, unit, plan.day)
        events.record("agency.begun", subject=office, actor=actor, at=now)
    else:
        office = Agency.objects.by_reference(named)
        if not office.holds(plan.day) or office.pk in {one.pk for one in former}:
            raise RuleBroken("successor-not-there")
        office.unit = unit
        office.save(update_fields=["unit"])
    _serve(office, model, unit, plan.day)
    return office


def _make(model: Agency, unit: AdminUnit, day: date) -> Agency:
    office: Agency = Agency.born(
        code=_free_code(model, unit, day),
        kind=model.kind,
        name_vi=_renamed(model.name_vi, model.unit, unit, "vi")[:160],
        name_en=_renamed(model.name_en, model.unit, unit, "en")[:160],
        short_vi=_renamed(model.short_vi, model.unit, unit, "vi")[:80],
        short_en=_renamed(model.short_en, model.unit, unit, "en")[:80],
        unit=unit,
        publicity=model.publicity,
        valid_from=day,
    )
    return office


def _renamed(text: str, old: AdminUnit, new: AdminUnit, language: str) -> str:
    """An office's name with the commune's new name, and its new kind where that is written."""
    whole = text.replace(old.label_in(language), new.label_in(language))
    return whole if whole != text else text.replace(old.name, new.name)


def _free_code(model: Agency, unit: AdminUnit, day: date) -> str:
    """As the province's data would name it; with the day where that name was used before."""
    wanted = model.code.replace(model.unit.code, unit.code) or f"{model.kind}-{unit.code}"
    if Agency.objects.filter(code=wanted).exists():
        wanted = f"{wanted[: CODE_LONGEST - 9]}-{day:%Y%m%d}"
    return wanted[:CODE_LONGEST]


def _serve(office: Agency, model: Agency, unit: AdminUnit, day: date) -> None:
    """What the former authority offered in its commune, the new one offers in its own."""
    for service in Service.objects.filter(agency=model, valid_to=None).order_by("pk"):
        row, _ = Service.objects.get_or_create(
            agency=office, kind=service.kind, valid_from=day,
            defaults={
                "hours": service.hours, "capacity_note": service.capacity_note,
                "order": service.order,
            },
        )  # fmt: skip
        Coverage.objects.get_or_create(service=row, unit=unit)


def _end(
    office: Agency,
    plan: Reorganisation,
    begun: Mapping[tuple[str, str], Agency],
    actor: Actor,
    now: datetime,
) -> None:
    """A merged commune's office has one successor; a split one's is found for each case."""
    into = [one.new for one in plan.becomes if one.old == office.unit.code]
    office.valid_to = plan.day
    office.successor = begun[into[0], office.kind] if len(into) == 1 else None
    office.save(update_fields=["valid_to", "successor"])
    day = plan.day.isoformat()
    events.record("agency.end_planned", subject=office, actor=actor, at=now, code=day)
