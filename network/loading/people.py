"""Demonstration people: sign-ins, memberships, phones and shifts from one file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from network import edition, registry
from network.loading.source import Row, Source
from network.models import Agency, Edition, Membership, Service, Shift, ShiftPhone, User
from network.models.units import AdminUnit
from network.roles import AgencyKind, Role
from safekeeping import keys, rls

SHIFT_DAYS = 15  # a roster is written two weeks ahead


@dataclass
class People:
    """The file's content, checked."""

    password: str
    agencies: list[Row] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)
    people: list[Row] = field(default_factory=list)
    shifts: list[Row] = field(default_factory=list)


def read(path: Path) -> People:
    """The file as rows. Raises BadData."""
    source = Source(path.parent)
    name = path.name
    head = next(iter(source.whole(name)))[1]
    found = People(
        password=Row(name, head, source.problems).text("password"),
        agencies=list(source.rows(name, "agencies")),
        phones={str(code): str(phone) for code, phone in (head.get("duty_phones") or {}).items()},
        people=list(source.rows(name, "people", mark="username")),
        shifts=list(source.rows(name, "shifts", mark="username")),
    )
    _check(found)
    source.refuse_problems()
    return found


def _check(found: People) -> None:
    known = set(Agency.objects.values_list("code", flat=True))
    known |= {row.text("code") for row in found.agencies}
    named = {row.text("username") for row in found.people}
    for row in found.people:
        row.only("username", "name", "agency", "roles", "sign_in", "language")
        for role in set(row.many("roles")) - set(Role.values):
            row.wrong(f"there is no role {role}.")
    for row in found.agencies:
        if registry.unit_on(row.text("unit"), row.since()) is None:
            row.wrong("there is no such unit on its first day.")
    for row in [*found.people, *found.shifts]:
        row.one_of("agency", known)
        row.one_of("username", named)


def load(path: Path, now: datetime, days: int = SHIFT_DAYS) -> int:
    """Make the people, their memberships and shifts of so many days; returns how many people.

    May run again: whoever is there stays, shifts are written from where they end.
    """
    found = read(path)
    password = make_password(found.password)
    with rls.acting(actor=None, now=now, system="setup"):
        for row in found.agencies:
            _agency(row)
        for code, phone in found.phones.items():
            Agency.objects.filter(code=code).update(duty_phone=phone)
        for row in found.people:
            _person(row, password, now)
        first = registry.localdate(now - timedelta(days=1))
        write_shifts(found, datetime.combine(first, time(), tzinfo=registry.zone()), days)
        Edition.objects.renew()
    edition.forget()
    return len({row.text("username") for row in found.people})


def _agency(row: Row) -> None:
    unit = registry.unit_on(row.text("unit"), row.since())
    assert unit is not None, "checked before"
    agency, _ = Agency.objects.get_or_create(
        code=row.text("code"),
        defaults={
            "kind": row.one_of("kind", AgencyKind.values),
            "name_vi": row.text("vi"),
            "name_en": row.text("en"),
            "short_vi": row.text("short_vi"),
            "short_en": row.text("short_en"),
            "unit": unit,
            "publicity": row.text("publicity"),
            "valid_from": row.since(),
        },
    )
    for inner in row.inner("services"):
        _service(agency, inner)


def _service(agency: Agency, row: Row) -> None:
    service, _ = Service.objects.get_or_create(
        agency=agency,
        kind=row.text("kind"),
        valid_from=agency.valid_from,
        defaults={
            "hours": row.text("hours", ""),
            "capacity_note": row.text("capacity", ""),
            "order": row.number("order", 50),
        },
    )
    service.covers.set(_covered(row, agency))


def _covered(row: Row, agency: Agency) -> list[AdminUnit]:
    found = (registry.unit_on(str(code), agency.valid_from) for code in row.many("covers"))
    return [unit for unit in found if unit is not None] or [agency.unit]


def _person(row: Row, password: str, now: datetime) -> None:
    username, begun = row.text("username"), now - timedelta(days=365)
    names = row.many("name")
    if names:
        family, middle, given = (str(part) for part in names)
        User.objects.get_or_create(
            username=username,
            defaults={
                "family_name": family, "middle_name": middle, "given_name": given,
                "password": password, "joined_at": begun, "language": row.text("language", "vi"),
            },
        )  # fmt: skip
    Membership.objects.get_or_create(
        user=User.objects.get(username=username),
        agency=Agency.objects.get(code=row.text("agency")),
        defaults={"roles": row.many("roles"), "starts": begun},
    )


def write_shifts(found: People, first: datetime, days: int) -> None:
    """The pattern of each shift, day by day, as far as it is not written yet.

    first: local midnight of the first day.
    """
    _ensure_keys({row.text("agency") for row in found.shifts})
    members = {(m.user.username, m.agency.code): m for m in _members()}
    written = set(Shift.objects.filter(starts__gte=first).values_list("membership_id", "starts"))
    for row in found.shifts:
        membership = members[row.text("username"), row.text("agency")]
        phone = ShiftPhone(number=row.text("phone"))
        Shift.objects.bulk_create(
            _shift(
                agency=membership.agency, membership=membership, starts=starts, ends=ends,
                turn=row.number("turn", 1), phone=phone,
            )
            for starts, ends in _days(row, first, days)
            if (membership.pk, starts) not in written
        )  # fmt: skip


def _shift(**values: Any) -> Shift:
    """The type checker knows no sealed field by name."""
    return Shift(**values)


def _members() -> Any:
    return Membership.objects.filter(ends=None).select_related("user", "agency")


def _ensure_keys(codes: set[str]) -> None:
    """One key an agency, before its memberships are loaded: each would bring a copy of its own."""
    for agency in Agency.objects.filter(code__in=codes, subject=None):
        agency.subject = keys.create_subject()
        agency.save(update_fields=["subject"])


def _days(row: Row, first: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    begins = time.fromisoformat(row.text("from"))
    length = timedelta(hours=row.number("hours"))
    for n in range(days):
        starts = datetime.combine((first + timedelta(days=n)).date(), begins, tzinfo=first.tzinfo)
        yield starts, starts + length
