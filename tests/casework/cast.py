"""A small network and one case in it, for tests of the later steps of a case."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from casework.models import Access, AccessWhy, Case, Report, Survivor
from network.actors import Actor, actor_for
from network.models import AdminUnit, Agency, Membership, User
from network.roles import AgencyKind, Role
from safekeeping import events, keys, rls
from safekeeping.policies import OWNING
from tests.conftest import NOW

_numbers = count(1)


def make_unit(**changes: object) -> AdminUnit:
    n = next(_numbers)
    values = {
        "code": f"{n:05}", "name": f"Xã {n}", "search": f"xa {n}", "level": "commune",
        "kind": "xa", "valid_from": date(2020, 1, 1), **changes,
    }  # fmt: skip
    return AdminUnit.objects.create(**values)


def make_agency(kind: str = AgencyKind.COMMUNE_COMMITTEE, **changes: object) -> Agency:
    n = next(_numbers)
    values = {
        "code": f"agency-{n}", "kind": kind, "name_vi": f"Cơ quan {n}", "name_en": f"Agency {n}",
        "short_vi": f"CQ {n}", "short_en": f"A {n}", "publicity": "published",
        "valid_from": date(2020, 1, 1), **changes,
    }  # fmt: skip
    values.setdefault("unit", None)
    values["unit"] = values["unit"] or make_unit()
    return Agency.objects.create(**values)


def make_actor(agency: Agency, *roles: str) -> Actor:
    n = next(_numbers)
    user = User.objects.create(
        username=f"u{n}", family_name="Nguyễn", given_name=f"Người {n}", joined_at=NOW
    )
    membership = Membership.objects.create(
        user=user, agency=agency, roles=list(roles), starts=NOW - timedelta(days=365)
    )
    return actor_for(user, membership, NOW)


@dataclass(frozen=True)
class Cast:
    """Two agencies and their people; `case` is at the commune, reported by the police."""

    commune: Agency
    police: Agency
    worker: Actor
    second: Actor
    supervisor: Actor
    head: Actor
    reporter: Actor
    stranger: Actor


def make_cast() -> Cast:
    commune, police = make_agency(), make_agency(AgencyKind.COMMUNE_POLICE)
    other = make_agency()
    return Cast(
        commune=commune,
        police=police,
        worker=make_actor(commune, Role.CASEWORKER),
        second=make_actor(commune, Role.CASEWORKER),
        supervisor=make_actor(commune, Role.SUPERVISOR),
        head=make_actor(commune, Role.SUPERVISOR),
        reporter=make_actor(police, Role.REPORTER, Role.RESPONDER),
        stranger=make_actor(other, Role.CASEWORKER, Role.SUPERVISOR),
    )


def make_case(
    cast: Cast, *, needs: tuple[str, ...] = (), at: datetime = NOW, **changes: object
) -> Case:
    """A reported case, as `report_case` would leave it, with its event recorded."""
    n = next(_numbers)
    subject = keys.create_subject()
    with rls.acting(actor=cast.reporter, now=at), rls.on_new_case() as case_id:
        values = {
            "code": f"HY-26-{n:05}", "alias": f"Cây {n}", "subject_reference": subject,
            "owner": cast.commune, "risk_level": "raised", "detected_channel": "police",
            "detected_kind": "commune_police", "opened_at": at, "recorded_at": at,
            "conflict": "no", **changes,
        }  # fmt: skip
        case = Case(id=case_id, **values)
        case.save(force_insert=True)
        Survivor.born(case=case)
        Access.born(case=case, agency=cast.commune, reach=OWNING, why=AccessWhy.OWNER, starts=at)
        report = Report.born(
            case=case, from_agency=cast.police, reporter_id=cast.reporter.user_id,
            channel="page", needs=list(needs), conflict="no", code=case.code,
            happened_at=at, recorded_at=at,
        )  # fmt: skip
        events.record("case.reported", subject=report, actor=cast.reporter, at=at)
    return case
