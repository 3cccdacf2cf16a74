"""An agency ends on a day: who may say so, what is refused, what its people and places lose."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from network import endings, registry, sweeps
from network.actions import people, roster
from network.actions.ending import end_agency, keep_agency
from network.actors import Actor
from network.models import Agency, Membership, Service, Shift
from network.roles import Role
from safekeeping import rls, sealed
from safekeeping.errors import NotVisible, RuleBroken
from safekeeping.models import Event
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("hung_yen")

ENDS = date(2026, 12, 1)
ON_THE_DAY = datetime(2026, 11, 30, 17, 5, tzinfo=NOW.tzinfo)  # five past midnight in the province
BEFORE = ON_THE_DAY - timedelta(minutes=10)
OLD, HEIR = "bvsn-hungyen", "bvdk-hungyen"


def of(code: str) -> Agency:
    return Agency.objects.get(code=code)


@pytest.fixture
def admin(actor: Callable[..., Actor]) -> Actor:
    return actor("snv", Role.NETWORK_ADMIN, username="admin")


@pytest.fixture
def end(admin: Actor) -> Callable[..., UUID]:
    def make(code: str = OLD, heir: str = HEIR, *, by: Actor | None = None, **more: Any) -> UUID:
        given = {"ends": ENDS, "now": NOW, **more}
        with rls.acting(actor=by or admin, now=NOW):
            return end_agency(
                actor=by or admin, agency=of(code).reference,
                successor=of(heir).reference if heir else None, **given,
            )  # fmt: skip

    return make


def told(topic: str) -> list[tuple[UUID, str]]:
    """Subject and code of what was written down."""
    with rls.acting(actor=None, now=NOW, system="audit"):
        found = Event.objects.filter(topic=topic).order_by("pk")
        return list(found.values_list("subject", "code"))


def keep(admin: Actor) -> None:
    with rls.acting(actor=admin, now=NOW):
        keep_agency(actor=admin, agency=of(OLD).reference, now=NOW)


def settle(now: datetime = ON_THE_DAY) -> None:
    sweeps.end_agencies(now)
    sweeps.end_agencies(now)


def test_until_the_day_everything_is_as_it_was(end: Callable[..., UUID]) -> None:
    end()

    settle(BEFORE)

    assert sweeps.end_agencies(BEFORE) == 0
    assert registry.successor_of(of(OLD), date(2026, 11, 30)) == of(OLD)
    assert registry.successor_of(of(OLD), ENDS) == of(HEIR)
    assert told("agency.end_planned") == [(of(OLD).reference, "2026-12-01")]


def test_an_end_is_said_anew_and_taken_back_before_its_day(
    end: Callable[..., UUID], admin: Actor
) -> None:
    end()
    end(ends=date(2027, 1, 1), heir="")
    assert (of(OLD).valid_to, of(OLD).successor) == (date(2027, 1, 1), None)

    keep(admin)

    assert of(OLD).valid_to is None
    with pytest.raises(RuleBroken, match="no-end-planned"):
        keep(admin)


@pytest.mark.parametrize(
    ("code", "heir", "ends", "word"),
    [
        ("ctxh-2024", "ctxh", ENDS, "agency-ended"),
        (OLD, HEIR, date(2024, 1, 1), "ends-before-it-began"),
        (OLD, OLD, ENDS, "successor-itself"),
        (OLD, "ctxh-2024", ENDS, "successor-not-there"),
        ("truc", "ctxh", ENDS, "last-duty-desk"),
        ("snv", "ubnd-tinh", ENDS, "last-admin"),
    ],
)
def test_what_cannot_be_is_refused(
    end: Callable[..., UUID], code: str, heir: str, ends: date, word: str
) -> None:
    before = of(code).valid_to

    with pytest.raises(RuleBroken, match=word):
        end(code, heir, ends=ends)

    assert of(code).valid_to == before


def test_a_hold_refuses_with_its_word(
    end: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "_keeps", [lambda pk, now: "somebody-sleeps-there"])

    with pytest.raises(RuleBroken, match="somebody-sleeps-there"):
        end()


@pytest.mark.parametrize("role", [Role.AGENCY_ADMIN, Role.SUPERVISOR, Role.COORDINATOR])
def test_only_the_networks_administrator_ends_an_agency(
    end: Callable[..., UUID], actor: Callable[..., Actor], role: str
) -> None:
    with pytest.raises(PermissionDenied):
        end(by=actor(OLD, role, username="chief"))


def test_a_secret_site_is_not_there_for_others(
    end: Callable[..., UUID], actor: Callable[..., Actor]
) -> None:
    Agency.objects.filter(code=OLD).update(publicity="secret")

    with pytest.raises(NotVisible):
        end(by=actor(HEIR, Role.AGENCY_ADMIN, username="chief"))


def test_memberships_end_at_midnight_and_are_told_as_such(
    end: Callable[..., UUID], member: Callable[..., Membership]
) -> None:
    nurse = member(OLD, Role.RESPONDER)
    end()

    settle()

    nurse.refresh_from_db()
    assert nurse.ends == datetime(2026, 11, 30, 17, tzinfo=NOW.tzinfo)
    assert told("membership.ended") == [(nurse.reference, "agency_ended")]
    assert told("agency.ended")[-1:] == [(of(OLD).reference, "")]
    assert of(OLD).passed_on_at == ON_THE_DAY


def on_shift(admin: Actor, membership: Membership, starts: datetime) -> None:
    turn = roster.Turn(membership.reference, starts, starts + timedelta(hours=12), 1, "0900000123")
    with rls.acting(actor=admin, now=NOW):
        roster.add_shift(actor=admin, agency=membership.agency.reference, shift=turn, now=NOW)


def test_a_roster_goes_along_with_who_has_a_place_at_the_successor(
    end: Callable[..., UUID], member: Callable[..., Membership], admin: Actor
) -> None:
    going, staying = member(OLD, Role.RESPONDER), member(OLD, Role.RESPONDER, username="tam")
    over_midnight = datetime(2026, 11, 30, 11, tzinfo=NOW.tzinfo)
    for one in (going, staying):
        on_shift(admin, one, over_midnight)
        on_shift(admin, one, over_midnight + timedelta(days=1))
    with rls.acting(actor=admin, now=NOW):
        people.begin_membership(
            actor=admin, agency=of(HEIR).reference, username="hanh", roles=["responder"], now=NOW
        )
    Agency.objects.filter(code=OLD).update(duty_phone="0221 000 0199")
    end()

    settle()

    assert registry.on_duty(of(OLD), ON_THE_DAY) == []
    duties = registry.on_duty(of(HEIR), ON_THE_DAY)
    assert [duty.user_id for duty in duties] == [going.user_id]
    later = registry.on_duty(of(HEIR), ON_THE_DAY + timedelta(days=1))
    assert [duty.user_id for duty in later] == [going.user_id]
    shift = Shift.objects.select_related("agency").get(pk=duties[0].shift_id)
    sealed.open_fields([shift], ["phone"])
    assert shift.phone.number == "0900000123"
    assert of(HEIR).duty_phone == "0221 000 0199"


def test_two_who_go_to_an_office_without_a_roster_can_both_be_rung(
    end: Callable[..., UUID], member: Callable[..., Membership], admin: Actor
) -> None:
    names = ("hanh", "tam")
    for name in names:
        tomorrow = ON_THE_DAY + timedelta(hours=8)
        on_shift(admin, member(OLD, Role.RESPONDER, username=name), tomorrow)
        with rls.acting(actor=admin, now=NOW):
            people.begin_membership(
                actor=admin, agency=of(HEIR).reference, username=name, roles=["responder"], now=NOW
            )
    end()

    settle()

    ids = [duty.shift_id for duty in registry.on_duty(of(HEIR), ON_THE_DAY + timedelta(hours=9))]
    shifts = list(Shift.objects.select_related("agency").filter(pk__in=ids))
    sealed.open_fields(shifts, ["phone"])
    assert [shift.phone.number for shift in shifts] == ["0900000123"] * len(names)


def test_what_it_offered_the_successor_offers_where_it_did_not(end: Callable[..., UUID]) -> None:
    place = registry.unit_on("12424", ENDS)
    end("ttyt-phucu", "bvdk-thaibinh")

    settle()

    asked = registry.agencies_offering("health", place, ENDS)
    assert asked[0] == of("bvdk-thaibinh")
    assert of("ttyt-phucu") not in asked
    assert not Service.objects.on(ENDS).filter(agency=of("ttyt-phucu")).exists()
    assert Service.objects.on(NOW.date()).filter(agency=of("ttyt-phucu")).exists()


def test_one_that_may_not_end_stays_a_day_longer(
    end: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch, member: Callable[..., Membership]
) -> None:
    nurse = member(OLD, Role.RESPONDER)
    end()
    monkeypatch.setattr(endings, "_keeps", [lambda pk, now: "somebody-sleeps-there"])

    sweeps.end_agencies(ON_THE_DAY)

    assert of(OLD).valid_to == date(2026, 12, 2)
    assert (of(OLD).reference, "somebody-sleeps-there") in told("agency.end_put_off")
    nurse.refresh_from_db()
    assert nurse.ends is None


def test_an_office_is_looked_after_while_it_holds_anything(
    end: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    end()
    monkeypatch.setattr(endings, "_holds", [lambda pk, now: {"live_cases": 1}])

    settle()

    assert of(OLD) in endings.leaving(ON_THE_DAY)
    assert of(OLD).passed_on_at is None


def test_the_agencies_come_first_of_all_sweeps() -> None:
    from safekeeping.sweeps import _sweeps

    ours = [name for name, work in _sweeps.items() if not work.__module__.startswith("safekeeping")]
    assert ours[0] == "agencies"


def test_loading_the_data_again_does_not_bring_it_back(end: Callable[..., UUID]) -> None:
    from network.loading import province
    from tests.network.conftest import HUNG_YEN

    end()
    settle()

    province.load(HUNG_YEN, ON_THE_DAY)

    assert (of(OLD).valid_to, of(OLD).successor) == (ENDS, of(HEIR))
