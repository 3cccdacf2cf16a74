"""Notes, contacts, conferences: what is written down, and what it sets off."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions
from casework.models import (
    Access,
    AccessWhy,
    Assessment,
    Block,
    Case,
    CaseState,
    Conference,
    Deadline,
    Note,
    PlanItem,
)
from network.models import Agency, User
from safekeeping import rls
from safekeeping.errors import NotVisible, RuleBroken
from tests.casework.steps import CALM, Cast, act, bring, happened, later, read, rows, topics
from tests.conftest import NOW

Made = Callable[..., UUID]


def note(
    cast: Cast, case: UUID, kind: str = "general", *, by: str = "worker", **given: object
) -> UUID:
    given = {"words": "Chị gọi lại buổi sáng", **given}
    return act(cast[by], actions.add_note, reference=case, kind=kind, **given)


def test_a_note_is_sealed_and_recorded(cast: Cast, assigned: Made) -> None:
    case = assigned()

    made = note(cast, case)

    assert read(cast["worker"], made, Note).by_id == cast["worker"].user_id
    assert happened(cast["worker"], case)[-1].code == "general"


def test_event_of_a_note_tells_the_envelope_that_was_written(cast: Cast, assigned: Made) -> None:
    case = assigned()

    made = read(cast["worker"], note(cast, case), Note)

    envelope = bytes(made.text_sealed.stored)
    parts = (b"text", envelope)
    told = sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
    assert bytes(happened(cast["worker"], case)[-1].digest) == told


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reached": True, "way": "call"},
        {"reached": True, "way": "call", "alone": True},
        {"reached": False},
    ],
)
def test_a_contact_says_how_it_went(cast: Cast, assigned: Made, given: dict[str, object]) -> None:
    with pytest.raises(RuleBroken, match="contact-unclear"):
        note(cast, assigned(), "contact", **given)


def test_an_unknown_kind_is_refused(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="unknown-note"):
        note(cast, assigned(), "gossip")


def test_a_note_of_tomorrow_is_refused(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="in-the-future"):
        note(cast, assigned(), happened_at=later(days=1))


def test_notes_belong_to_the_owners_people_on_the_case(cast: Cast, assigned: Made) -> None:
    case = assigned()

    with pytest.raises(PermissionDenied):
        note(cast, case, by="colleague")
    with pytest.raises(NotVisible):
        note(cast, case, by="stranger")


def test_danger_heard_in_a_contact_raises_the_level(cast: Cast, assigned: Made) -> None:
    case = assigned()

    note(
        cast, case, "contact", reached=True, way="call", alone=True, safe_again="call",
        danger={"afraid": "yes"},
    )  # fmt: skip

    assert read(cast["worker"], case).risk_level == "extreme"
    assert rows(cast["worker"], Assessment)[-1].instrument == "contact_danger"
    assert rows(cast["worker"], Deadline, clock="reassess", met_at=None)


def test_a_calm_contact_never_lowers_the_level(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), CaseState.ASSESSED)
    act(
        cast["worker"], actions.assess_case, reference=case,
        answers={**CALM, "threat_to_kill": "yes"},
    )  # fmt: skip

    note(
        cast, case, "contact", reached=True, way="call", alone=True, safe_again="call",
        danger={"afraid": "no", "worse": "no", "separating": "no"},
    )  # fmt: skip

    assert read(cast["worker"], case).risk_level == "high"


def test_a_mediation_held_elsewhere_at_high_risk_asks_whether_she_is_safe(
    cast: Cast, report: Made
) -> None:
    case = bring(cast, report(), CaseState.ASSESSED)
    note(cast, case, "mediation_elsewhere")
    assert not rows(cast["worker"], Deadline, clock="safe_check")

    act(cast["worker"], actions.assess_case, reference=case, answers=CALM, judged="high")
    note(cast, case, "mediation_elsewhere")
    assert rows(cast["worker"], Deadline, clock="safe_check", met_at=None)


@pytest.mark.parametrize("met_by", ["spoken_alone", "seen_safe"])
def test_a_safe_check_is_met_by_whoever_sees_the_case(
    cast: Cast, assigned: Made, met_by: str
) -> None:
    case = assigned()
    start_check(cast, case)

    act(
        cast["colleague"], actions.record_safe_check, reference=case, met_by=met_by, way="call",
        safe_again="call", now=later(minutes=40),
    )  # fmt: skip

    assert rows(cast["worker"], Deadline, clock="safe_check")[0].met_at == later(minutes=40)
    assert topics(cast["worker"], case)[-1] == "safe_check.met"


def start_check(cast: Cast, case: UUID) -> None:
    from casework import deadlines

    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            deadlines.safe_check(Case.objects.get(pk=case_id), at=NOW)


@pytest.mark.parametrize(("seen_ago", "runs"), [(1, True), (0, False)])
def test_an_older_sighting_does_not_answer_what_was_asked_since(
    cast: Cast, assigned: Made, seen_ago: int, runs: bool
) -> None:
    """She was seen yesterday; today she did not come. Typed to the minute, the same one counts."""
    case = assigned()
    start_check(cast, case)

    act(
        cast["worker"], actions.record_safe_check, reference=case, met_by="seen_safe", way="visit",
        safe_again="call", happened_at=NOW.replace(second=0) - timedelta(minutes=seen_ago),
        now=later(hours=1),
    )  # fmt: skip

    assert bool(rows(cast["worker"], Deadline, clock="safe_check", met_at=None)) is runs


def test_a_receipt_is_no_proof_of_safety(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="not-known-safe"):
        act(cast["worker"], actions.record_safe_check, reference=assigned(), met_by="sms_read")


# Conferences


def agency_of(cast: Cast, who: str) -> UUID:
    return Agency.objects.get(pk=cast[who].agency_id).reference


def person(cast: Cast, who: str) -> UUID:
    return User.objects.get(pk=cast[who].user_id).reference


def confer(cast: Cast, case: UUID, *who: str, by: str = "supervisor", **given: object) -> UUID:
    given = {"held_at": later(hours=-1), **given}
    return act(
        cast[by], actions.record_conference, reference=case,
        agencies=[agency_of(cast, one) for one in who], **given,
    )  # fmt: skip


def open_to(cast: Cast, case: UUID, who: str) -> None:
    with rls.acting(actor=cast["worker"], now=later(hours=-2)):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            Access.born(
                case_id=case_id, agency_id=cast[who].agency_id, groups=["health"],
                why=AccessWhy.CONSENT, starts=later(hours=-2),
            )  # fmt: skip


def block(cast: Cast, case: UUID, **whom: object) -> None:
    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            Block.born(case_id=case_id, why="asked", starts=NOW, **whom)


def test_a_conference_keeps_who_sat_there_and_its_decisions(cast: Cast, assigned: Made) -> None:
    case = assigned()
    open_to(cast, case, "health")

    made = confer(
        cast, case, "worker", "health", attendees=[person(cast, "health")],
        minutes="Thống nhất đưa chị đi khám", decisions=[actions.Item("health")],
    )  # fmt: skip

    row = read(cast["worker"], made, Conference)
    assert row.attendees == [cast["health"].user_id]
    assert set(row.agencies) == {cast["worker"].agency_id, cast["health"].agency_id}
    assert [item.need for item in rows(cast["worker"], PlanItem)] == ["health"]
    assert topics(cast["worker"], case)[-2:] == ["conference.held", "plan.agreed"]


def test_an_agency_without_access_does_not_attend(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="attendee-without-access"):
        confer(cast, assigned(), "worker", "health")


def test_a_blocked_office_does_not_attend(cast: Cast, assigned: Made) -> None:
    case = assigned()
    open_to(cast, case, "health")
    block(cast, case, agency_id=cast["health"].agency_id)

    with pytest.raises(RuleBroken, match="attendee-blocked"):
        confer(cast, case, "worker", "health")


def test_a_blocked_person_does_not_attend(cast: Cast, assigned: Made) -> None:
    case = assigned()
    open_to(cast, case, "health")
    block(cast, case, user_id=cast["health"].user_id)

    with pytest.raises(RuleBroken, match="attendee-blocked"):
        confer(cast, case, "worker", "health", attendees=[person(cast, "health")])


def test_somebody_of_no_attending_office_is_unknown(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="attendee-unknown"):
        confer(cast, assigned(), "worker", attendees=[person(cast, "health")])


def test_a_conference_needs_an_office(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="attendee-unknown"):
        confer(cast, assigned())


def test_a_conference_to_come_is_no_conference(cast: Cast, assigned: Made) -> None:
    with pytest.raises(RuleBroken, match="in-the-future"):
        confer(cast, assigned(), "worker", held_at=later(days=1))


def test_no_conference_on_a_closed_case(cast: Cast, report: Made) -> None:
    with pytest.raises(RuleBroken, match="case-closed"):
        confer(cast, bring(cast, report(), CaseState.CLOSED), "worker")


def test_a_conference_is_kept_by_the_owners_people_on_the_case(cast: Cast, assigned: Made) -> None:
    with pytest.raises(PermissionDenied):
        confer(cast, assigned(), "worker", by="colleague")
