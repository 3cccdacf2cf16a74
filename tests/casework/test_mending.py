"""Mistakes are mended, the old value kept; two cases of one event become one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django_fsm import TransitionNotAllowed

from casework import access, actions, holds
from casework.groups import Contact, Identity, Informant, Number
from casework.models import (
    Case,
    CaseState,
    Correction,
    Deadline,
    Incident,
    Link,
    Report,
    Survivor,
    SurvivorIndex,
)
from casework.reports import Sealed
from safekeeping import events as deliver
from safekeeping import rls
from safekeeping.envelope import Place, names_of, unseal
from safekeeping.errors import NotVisible, RuleBroken, Stale
from safekeeping.models import Event
from tests.casework.steps import Cast, act, bring, happened, later, read, rows, topics
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
HER = Identity(full_name="Nguyễn Thị Bòng Bong", id_number="033190001234")


def survivor(cast: Cast, case: UUID) -> Survivor:
    return rows(cast["worker"], Survivor, case__reference=case)[0]


def correct(cast: Cast, case: UUID, *, by: str = "worker", **given: object) -> UUID:
    row = survivor(cast, case)
    given = {"kind": "survivor", "record": row.reference, "reason": "misheard", **given}
    return act(cast[by], actions.correct_value, reference=case, **given)


def test_a_coded_value_is_corrected_and_the_old_one_kept(cast: Cast, assigned: Made) -> None:
    case = assigned(sex="female")

    made = correct(cast, case, field="sex", value="male", why="Nghe nhầm qua điện thoại")

    assert survivor(cast, case).sex == "male"
    kept = read(cast["worker"], made, Correction)
    assert (kept.old_code, kept.reason, kept.field) == ("female", "misheard", "sex")
    assert (happened(cast["worker"], case)[-1].topic, happened(cast["worker"], case)[-1].code) == (
        "survivor.corrected", "sex",
    )  # fmt: skip


def test_a_sealed_value_keeps_its_old_envelope_as_it_was(cast: Cast, assigned: Made) -> None:
    case = assigned(sealed=Sealed(ring_back="0900 000 017", identity=HER))
    before = survivor(cast, case)._meta.get_field("identity").box_of(survivor(cast, case)).stored

    made = correct(cast, case, field="identity", value=replace(HER, full_name="Nguyễn Thị Mơ"))

    assert bytes(read(cast["worker"], made, Correction).old_envelope) == bytes(before)
    opened = act(cast["worker"], access.open_groups, reference=case, groups=["person"])
    assert opened["person"][0].value.full_name == "Nguyễn Thị Mơ"


def test_the_old_envelope_can_still_be_read(cast: Cast, assigned: Made) -> None:
    from safekeeping import keys
    from safekeeping.groups import from_json

    case = assigned(sealed=Sealed(ring_back="0900 000 017", identity=HER))
    row = survivor(cast, case)
    made = correct(cast, case, field="identity", value=Identity())

    old = bytes(read(cast["worker"], made, Correction).old_envelope)
    with rls.acting(actor=cast["worker"], now=NOW):
        subject = Case.objects.get(reference=case).subject_reference
        place = Place(names_of("casework_survivor", "identity"), row.reference, subject)
        content = unseal(old, keys=keys.deks_for([subject])[subject], place=place)
    assert from_json(Identity, content) == HER


def test_a_corrected_number_is_found_anew(cast: Cast, assigned: Made) -> None:
    case = assigned(
        sealed=Sealed(ring_back="0900 000 017", contact=Contact(numbers=(Number("0912345678"),)))
    )

    def marks() -> frozenset[Any]:
        return frozenset((i.kind, i.value) for i in rows(cast["worker"], SurvivorIndex))

    found = [marks()]
    for number in ("0987654321", "0987654322", "0987654323"):  # two may share a bucket, four do not
        correct(cast, case, field="contact", value=Contact(numbers=(Number(number),)))
        found.append(marks())

    assert all(found)
    assert len(set(found)) > 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"field": "case", "value": 1}, "not-correctable"),
        ({"kind": "deadline", "field": "met_at", "value": NOW}, "not-correctable"),
        ({"kind": "case", "field": "state", "value": "CLOSED"}, "not-correctable"),
        ({"kind": "case", "field": "owner", "value": 1}, "not-correctable"),
        ({"field": "birth_year", "value": "1990"}, "wrong-kind-of-value"),
        ({"field": "identity", "value": "Mơ"}, "wrong-kind-of-value"),
        ({"field": "sex", "value": None}, "wrong-kind-of-value"),
        ({"field": "sex", "value": "male", "reason": ""}, "reason-missing"),
    ],
)
def test_only_listed_values_of_their_kind_are_corrected(
    cast: Cast, assigned: Made, given: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        correct(cast, assigned(), **given)


def test_a_record_of_another_case_is_not_there(cast: Cast, assigned: Made) -> None:
    one, other = assigned(), assigned()

    with pytest.raises(NotVisible):
        act(
            cast["worker"], actions.correct_value, reference=one, kind="survivor",
            record=survivor(cast, other).reference, field="sex", value="male", reason="typing",
        )  # fmt: skip


def test_the_later_of_two_corrections_is_shown_both(cast: Cast, assigned: Made) -> None:
    case = assigned()
    seen = survivor(cast, case).version
    correct(cast, case, field="sex", value="male", version=seen)

    with pytest.raises(Stale) as refusal:
        correct(cast, case, field="sex", value="female", version=seen)
    assert refusal.value.facts["current"] == {"sex": "male"}


def test_correcting_is_the_workers_or_the_supervisors(cast: Cast, assigned: Made) -> None:
    case = assigned()

    correct(cast, case, by="supervisor", field="sex", value="male")

    with pytest.raises(PermissionDenied):
        correct(cast, case, by="colleague", field="sex", value="female")
    with pytest.raises(NotVisible):
        correct(cast, case, by="stranger", field="sex", value="female")


# Duplicates


def link(cast: Cast, kept: UUID, double: UUID, *, by: str = "supervisor") -> UUID:
    return act(cast[by], actions.link_duplicate, reference=kept, other=double)


def told_by(name: str) -> Sealed:
    return Sealed(
        ring_back="0900 000 017", account=f"{name} nghe tiếng kêu", informant=Informant(name=name)
    )


def test_a_duplicate_brings_its_incident_along(cast: Cast, report: Made) -> None:
    kept, double = report(sealed=told_by("Sáu")), report(sealed=told_by("Bảy"))

    link(cast, kept, double)

    assert len(rows(cast["worker"], Incident, case__reference=kept)) == 2
    opened = act(cast["supervisor"], access.open_groups, reference=kept, groups=["account"])
    assert "Bảy nghe tiếng kêu" in [one.value.text for one in opened["account"]]


def test_whoever_was_worried_second_stands_beside_the_first(cast: Cast, report: Made) -> None:
    kept, double = report(sealed=told_by("Sáu")), report(sealed=told_by("Bảy"))

    link(cast, kept, double)

    opened = act(cast["supervisor"], access.open_groups, reference=kept, groups=["informant"])
    told = opened["informant"][0].value
    assert (told.name, [other.name for other in told.others]) == ("Sáu", ["Bảy"])


def test_the_duplicates_closure_waits_for_another_person(cast: Cast, report: Made) -> None:
    kept, double = report(), report()

    link(cast, kept, double)

    row = read(cast["worker"], double)
    assert (row.state, row.closure_reason) == (CaseState.CLOSING, "linked")
    assert row.person == read(cast["worker"], kept).person
    with pytest.raises(PermissionDenied):
        act(cast["supervisor"], actions.approve_closure, reference=double)
    act(cast["second_supervisor"], actions.approve_closure, reference=double)
    assert read(cast["worker"], double).state == CaseState.CLOSED


def test_what_holds_the_duplicate_open_is_no_reason_not_to_link(
    cast: Cast, report: Made, held: list[holds.Reason]
) -> None:
    kept, double = report(), report()
    held.append(holds.Reason("open-alert", "alerts"))

    link(cast, kept, double)

    assert read(cast["worker"], double).state == CaseState.DETECTED
    assert len(rows(cast["worker"], Incident, case__reference=kept)) == 2


def test_clocks_of_the_duplicate_run_on_in_the_case_that_is_kept(cast: Cast, report: Made) -> None:
    kept, double = report(), report()
    act(cast["worker"], actions.record_consent, reference=double, answers=["could_not_ask"])

    link(cast, kept, double)

    moved = rows(cast["worker"], Deadline, clock="consent_ask", case__reference=kept)
    assert [clock.due_at for clock in moved] == [later(hours=24)]
    assert not rows(cast["worker"], Deadline, case__reference=double, met_at=None, waived_at=None)


def test_what_the_duplicate_tells_of_danger_counts_in_the_case_that_is_kept(
    cast: Cast, report: Made
) -> None:
    kept, double = report(), report(dangers={"strangled": "yes"})

    link(cast, kept, double)

    assert read(cast["worker"], kept).risk_level == "extreme"
    again = rows(cast["worker"], Deadline, case__reference=kept, clock="reassess")
    assert [clock.due_at for clock in again] == [later(hours=24)]
    assert happened_once(cast, kept, "case.reassessed").code == "extreme"


def happened_once(cast: Cast, case: UUID, topic: str) -> Event:
    (found,) = [event for event in happened(cast["worker"], case) if event.topic == topic]
    return found


def test_a_calmer_duplicate_lowers_nothing(cast: Cast, report: Made) -> None:
    kept, double = report(dangers={"strangled": "yes"}), report()

    link(cast, kept, double)

    assert read(cast["worker"], kept).risk_level == "extreme"
    assert "case.reassessed" not in topics(cast["worker"], kept)


def test_nobody_forgets_to_ask_if_she_is_safe_over_a_link(cast: Cast, report: Made) -> None:
    """She missed a visit that the duplicate had planned; another one is still to come."""
    kept, double = report(), report(dangers={"strangled": "yes"})
    act(cast["worker"], actions.claim_case, reference=double)
    plan = {"reference": double, "mode": "call"}
    missed = act(cast["worker"], actions.plan_follow_up, due_at=later(days=1), **plan)
    coming = act(cast["worker"], actions.plan_follow_up, due_at=later(days=2), **plan)
    act(cast["worker"], actions.miss_follow_up, reference=missed, reason="nobody_there")
    _about(cast, double, missed)

    link(cast, kept, double)

    running = {"met_at": None, "waived_at": None}
    assert rows(cast["worker"], Deadline, case__reference=kept, clock="safe_check", **running)
    left = rows(cast["worker"], Deadline, case__reference=double, **running)
    assert [clock.subject for clock in left] == [coming]


def _about(cast: Cast, case: UUID, visit: UUID) -> None:
    """The question is about the visit, as those of stays and requests are about theirs."""
    with rls.acting(actor=cast["worker"], now=NOW):
        case_id = Case.objects.get(reference=case).pk
        with rls.on_case(case_id):
            Deadline.objects.filter(case_id=case_id, clock="safe_check").update(
                subject=visit, subject_kind="followup"
            )


def test_linking_is_told_on_both(cast: Cast, report: Made) -> None:
    kept, double = report(), report()

    link(cast, kept, double)

    assert "case.linked" in topics(cast["worker"], kept)
    assert topics(cast["worker"], double)[-2:] == ["case.linked", "case.closure_proposed"]
    assert len(rows(cast["worker"], Link)) == 2


@pytest.mark.parametrize("swap", [False, True])
def test_either_order_of_ids_works(cast: Cast, report: Made, swap: bool) -> None:
    pair = [report(), report()]
    kept, double = reversed(pair) if swap else pair

    link(cast, kept, double)

    assert read(cast["worker"], double).state == CaseState.CLOSING


def test_a_case_is_no_duplicate_of_itself(cast: Cast, report: Made) -> None:
    case = report()

    with pytest.raises(RuleBroken, match="same-case"):
        link(cast, case, case)


def test_linking_twice_is_refused(cast: Cast, report: Made) -> None:
    kept, double = report(), report()
    link(cast, kept, double)

    with pytest.raises(RuleBroken, match="linked-already"):
        link(cast, kept, double)


def test_nothing_is_joined_to_a_closed_case(cast: Cast, report: Made) -> None:
    kept, double = bring(cast, report(), CaseState.CLOSED), report()

    with pytest.raises(RuleBroken, match="case-closed"):
        link(cast, kept, double)


def test_a_closed_case_is_no_duplicate(cast: Cast, report: Made) -> None:
    kept, double = report(), bring(cast, report(), CaseState.CLOSED)

    with pytest.raises(TransitionNotAllowed):
        link(cast, kept, double)


def test_linking_is_a_supervisors(cast: Cast, report: Made) -> None:
    kept, double = report(), report()

    with pytest.raises(PermissionDenied):
        link(cast, kept, double, by="worker")
    with pytest.raises(NotVisible):
        link(cast, kept, double, by="strange_supervisor")


def test_linking_needs_sight_of_both(cast: Cast, report: Made) -> None:
    from tests.casework.conftest import HOAN_LONG

    ours, theirs = report(), report(commune=HOAN_LONG)

    with pytest.raises(NotVisible):
        link(cast, ours, theirs)


def test_known_again_shares_the_person_and_nothing_else(cast: Cast, report: Made) -> None:
    one, other = report(), report()

    act(cast["supervisor"], actions.link_person, reference=one, other=other)

    assert read(cast["worker"], one).person == read(cast["worker"], other).person
    assert read(cast["worker"], other).state == CaseState.DETECTED
    assert len(rows(cast["worker"], Incident)) == 2


def test_a_third_case_joins_the_same_person(cast: Cast, report: Made) -> None:
    one, other, third = report(), report(), report()
    act(cast["supervisor"], actions.link_person, reference=one, other=other)

    act(cast["supervisor"], actions.link_person, reference=third, other=other)

    people = {read(cast["worker"], case).person for case in (one, other, third)}
    assert len(people) == 1


def test_who_told_of_the_same_event_sees_what_becomes_of_the_case_that_goes_on(
    cast: Cast, report: Made
) -> None:
    """Nobody reads "closed" while she is being helped, nor "being handled" after it has ended."""
    kept, double = report(), report(by="worker")
    link(cast, kept, double)
    act(cast["second_supervisor"], actions.approve_closure, reference=double)
    run_jobs(cast, double)
    before = status_of(cast, double)

    act(cast["supervisor"], actions.propose_closure, reference=kept, reason="not_confirmed")
    act(cast["second_supervisor"], actions.approve_closure, reference=kept)
    run_jobs(cast, kept)
    after = status_of(cast, double)
    act(cast["worker"], actions.reopen_case, reference=kept, reason="asked")
    run_jobs(cast, kept)

    assert (before, after, status_of(cast, double)) == ("HANDLED", "CLOSED", "HANDLED")


def status_of(cast: Cast, case: UUID) -> str:
    return str(rows(cast["worker"], Report, case__reference=case)[0].status)


def run_jobs(cast: Cast, case: UUID) -> None:
    """What follows the last event of the case, as the queue would run it."""
    told = happened(cast["supervisor"], case)[-1]
    deliver.run_delivery(
        told.pk, "casework.handlers.show_along", told.actor_id, told.agency_id, now=NOW
    )
