"""She has died: nobody calls her, the children's help goes on, somebody from outside looks back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from casework import access, actions, deadlines
from casework.actions.plan import Item
from casework.groups import Contact, Number
from casework.models import (
    Access,
    AgencyTask,
    Case,
    Deadline,
    Death,
    EmergencyCard,
    FollowUp,
    PlanItem,
)
from casework.reports import Sealed
from casework.turns import turns_for
from network.actors import Actor
from safekeeping import erasure, keys, rls
from safekeeping.errors import KeysUnavailable, NotVisible, RuleBroken
from safekeeping.models import Event
from tests.casework import looks
from tests.casework.steps import Cast, act, bring, happened, read, rows
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("held")
Made = Callable[..., UUID]
LATER = NOW + timedelta(hours=3)
HERS = Sealed(
    ring_back="0900 000 017",
    contact=Contact(
        numbers=(Number("0900000017", safe_to_call=True), Number("0900000018")),
        never=("0900000099",),
    ),
)


def die(cast: Cast, case: UUID, *, by: str = "worker", **given: object) -> UUID:
    given = {"cause": "illness", "now": LATER, **given}
    return act(cast[by], actions.record_death, reference=case, **given)


@pytest.fixture
def case(cast: Cast, report: Made) -> UUID:
    return bring(cast, report(sealed=HERS), "FOLLOW_UP")


def test_it_is_written_down_with_when_it_happened(cast: Cast, case: UUID) -> None:
    before = NOW + timedelta(hours=1)

    reference = die(cast, case, happened_at=before, words="Chị mất tại bệnh viện.")

    row = looks.one(Death, case)
    assert (row.reference, row.happened_at, row.recorded_at) == (reference, before, LATER)
    (event,) = [e for e in happened(cast["worker"], case, now=LATER) if e.topic == "death.recorded"]
    assert (event.code, event.happened_at, event.out_of_order) == ("illness", before, True)
    assert read(cast["worker"], case, now=LATER).state == "FOLLOW_UP"


def test_her_numbers_are_never_used_again(cast: Cast, case: UUID) -> None:
    die(cast, case)

    with rls.acting(actor=cast["supervisor"], now=LATER):
        opened = access.open_groups(
            actor=cast["supervisor"], reference=case, groups=["contact"], now=LATER
        )
    contact = opened["contact"][0].value
    assert contact.never == ("0900000099", "0900000017", "0900000018")
    assert {(n.safe_to_call, n.safe_to_text) for n in contact.numbers} == {(False, False)}


def test_nothing_is_asked_of_her_any_more(cast: Cast, case: UUID) -> None:
    with rls.acting(actor=cast["worker"], now=NOW), rls.on_case(looks.case_id_of(case)):
        deadlines.safe_check(looks.one(Case, case), at=NOW)

    die(cast, case)

    running = {row.clock for row in looks.rows(Deadline, case, met_at=None, waived_at=None)}
    assert running.isdisjoint(deadlines.OF_HER)
    assert {visit.state for visit in looks.rows(FollowUp, case)} == {"CANCELLED"}
    assert looks.one(EmergencyCard, case).readers == []


def test_nobody_is_sent_to_ask_whether_she_is_safe(cast: Cast, case: UUID) -> None:
    die(cast, case)

    with rls.acting(actor=cast["worker"], now=LATER), rls.on_case(looks.case_id_of(case)):
        assert deadlines.safe_check(looks.one(Case, case), at=LATER) is None


def test_the_childrens_plan_stays(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), "ASSESSED")
    items = [Item("children"), Item("practical", service="education"), Item("livelihood")]
    act(cast["worker"], actions.agree_plan, reference=case, kind="support", items=items)

    die(cast, case)

    assert [(i.need, i.state, i.reason) for i in looks.rows(PlanItem, case)] == [
        ("children", "OPEN", ""), ("practical", "OPEN", ""), ("livelihood", "DROPPED", "died"),
    ]  # fmt: skip
    open_steps = {t.flow_task.name for t in looks.rows(AgencyTask, case, finished=None)}
    assert open_steps == {"carry_out", "debrief", "look_back"}


def test_the_file_is_kept_from_erasure(cast: Cast, case: UUID) -> None:
    die(cast, case)
    act(cast["worker"], actions.propose_closure, reference=case, reason="died", now=LATER)
    act(cast["supervisor"], actions.approve_closure, reference=case, now=LATER)

    with pytest.raises(RuleBroken, match="legal-hold"):
        act(
            cast["supervisor"], actions.erase_survivor, reference=case, reason="her_request",
            now=LATER,
        )  # fmt: skip


def test_an_older_hold_stands(cast: Cast, case: UUID) -> None:
    subject = looks.one(Case, case).subject_reference
    with rls.acting(actor=cast["worker"], now=NOW):
        erasure.hold(subject, reason="court")

    die(cast, case)
    act(cast["supervisor"], actions.take_back_death, reference=case, now=LATER)

    with rls.acting(actor=cast["worker"], now=NOW):
        assert erasure.held_by(subject, LATER).reason == "court"


# Who looks back, and the staff


def test_an_office_that_did_not_lead_the_case_looks_back(cast: Cast, case: UUID) -> None:
    die(cast, case)

    row = looks.one(Death, case)
    clock = looks.one(Deadline, case, clock="death_review")
    assert (row.review_agency.code, clock.agency.code) == ("truc", "truc")
    with rls.acting(actor=cast["coordinator"], now=LATER):
        assert [turn.step for turn in turns_for(cast["coordinator"])] == ["look_back"]
        seen = access.groups_for(cast["coordinator"], looks.one(Case, case), LATER)
    assert seen == frozenset()


def test_where_the_desk_owned_the_case_the_province_looks_back(
    cast: Cast, report: Made, actor: Callable[..., Actor]
) -> None:
    actor("ctxh", "supervisor")
    case = report(commune="")

    die(cast, case, by="coordinator")

    assert looks.one(Death, case).review_agency.code == "ctxh"


def test_the_review_is_answered_and_its_reader_sees_the_case_no_longer(
    cast: Cast, case: UUID
) -> None:
    death = die(cast, case)

    act(cast["coordinator"], actions.review_death, reference=death, verdict="to_learn", now=LATER)

    row = looks.one(Death, case)
    assert (row.verdict, row.reviewed_at) == ("to_learn", LATER)
    assert looks.one(Deadline, case, clock="death_review").met_at == LATER
    assert not looks.rows(Access, case, source=death, live=True)
    with rls.acting(actor=cast["coordinator"], now=LATER):
        assert not turns_for(cast["coordinator"])
        assert not Case.objects.visible_to(cast["coordinator"]).exists()


@pytest.mark.parametrize(
    ("by", "verdict", "refusal"),
    [
        ("stranger", "to_learn", NotVisible),
        ("supervisor", "to_learn", PermissionDenied),
        ("coordinator", "guilty", RuleBroken),
    ],
)
def test_who_may_not_review(
    cast: Cast, case: UUID, by: str, verdict: str, refusal: type[Exception]
) -> None:
    death = die(cast, case)

    with pytest.raises(refusal):
        act(cast[by], actions.review_death, reference=death, verdict=verdict, now=LATER)


def test_a_review_is_given_once(cast: Cast, case: UUID) -> None:
    death = die(cast, case)
    given = {"reference": death, "verdict": "nothing_missed", "now": LATER}
    act(cast["coordinator"], actions.review_death, **given)

    with pytest.raises(RuleBroken, match="already-reviewed"):
        act(cast["second_coordinator"], actions.review_death, **given)


def test_who_wrote_it_down_does_not_review_it(cast: Cast, report: Made) -> None:
    case = report(commune="")
    death = die(cast, case, by="coordinator")
    assert looks.one(Death, case).review_agency.code == "truc"  # nobody else is connected

    with pytest.raises(PermissionDenied):
        act(
            cast["coordinator"], actions.review_death, reference=death, verdict="to_learn",
            now=LATER,
        )  # fmt: skip
    act(
        cast["second_coordinator"], actions.review_death, reference=death, verdict="to_learn",
        now=LATER,
    )  # fmt: skip


def test_the_staff_sit_together(cast: Cast, case: UUID) -> None:
    die(cast, case)

    act(cast["colleague"], actions.hold_debrief, reference=case, now=LATER)

    assert looks.one(Death, case).debriefed_at == LATER
    assert looks.one(Deadline, case, clock="debrief").met_at == LATER
    assert "debrief.held" in looks.topics(case)
    with pytest.raises(RuleBroken, match="already-debriefed"):
        act(cast["worker"], actions.hold_debrief, reference=case, now=LATER)


@pytest.mark.parametrize(("by", "refusal"), [("stranger", NotVisible), ("officer", NotVisible)])
def test_only_the_owners_people_debrief(
    cast: Cast, case: UUID, by: str, refusal: type[Exception]
) -> None:
    die(cast, case)

    with pytest.raises(refusal):
        act(cast[by], actions.hold_debrief, reference=case, now=LATER)


def test_without_a_death_nothing_is_debriefed_or_taken_back(cast: Cast, case: UUID) -> None:
    for action in (actions.hold_debrief, actions.take_back_death):
        with pytest.raises(RuleBroken, match="no-death-recorded"):
            act(cast["supervisor"], action, reference=case, now=LATER)


# It goes on to closure through two, and the look back goes on beyond


def test_closure_is_for_two_persons_and_the_look_back_outlives_it(cast: Cast, case: UUID) -> None:
    die(cast, case)
    act(cast["worker"], actions.propose_closure, reference=case, reason="died", now=LATER)
    with pytest.raises(PermissionDenied):
        act(cast["worker"], actions.approve_closure, reference=case, now=LATER)

    act(cast["supervisor"], actions.approve_closure, reference=case, now=LATER)

    row = read(cast["worker"], case, now=LATER)
    assert (row.state, row.closure_reason) == ("CLOSED", "died")
    running = {row.clock for row in looks.rows(Deadline, case, met_at=None, waived_at=None)}
    assert running == {"death_review", "debrief"}
    open_steps = {t.flow_task.name for t in looks.rows(AgencyTask, case, finished=None)}
    assert open_steps == {"debrief", "look_back"}


def test_a_flow_built_anew_knows_it_too(cast: Cast, case: UUID) -> None:
    from casework.flow_listeners import rebuild

    die(cast, case)
    before = {(t.flow_task.name, t.agency_id) for t in looks.rows(AgencyTask, case, finished=None)}

    with rls.acting(actor=None, now=LATER, system="repair"), rls.on_case(looks.case_id_of(case)):
        rebuild(looks.case_id_of(case), now=LATER)

    after = {(t.flow_task.name, t.agency_id) for t in looks.rows(AgencyTask, case, finished=None)}
    assert after == before


# A fact is never refused


def test_on_a_closed_case_it_is_recorded_without_a_move(cast: Cast, report: Made) -> None:
    case = bring(cast, report(), "CLOSED")

    die(cast, case, happened_at=NOW)

    assert read(cast["worker"], case, now=LATER).state == "CLOSED"
    assert looks.one(Death, case).happened_at == NOW
    assert {t.flow_task.name for t in looks.rows(AgencyTask, case, finished=None)} == {
        "debrief", "look_back",
    }  # fmt: skip


def test_with_the_keys_away_the_fact_is_kept(
    cast: Cast, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise KeysUnavailable

    monkeypatch.setattr(keys, "ring", away, raising=False)
    monkeypatch.setattr(keys, "with_keys", away, raising=False)
    die(cast, case, words="Mất tại nhà.")

    assert looks.one(Death, case).cause == "illness"


def test_whoever_helps_in_the_case_may_say_so(cast: Cast, case: UUID) -> None:
    looks.share(case, cast["health"], {"health"})

    die(cast, case, by="health")

    assert looks.one(Death, case).agency.code == "ttyt-phucu"


def test_a_violent_death_is_told_to_the_competent_body(cast: Cast, case: UUID) -> None:
    die(cast, case, cause="violence", happened_at=NOW)

    assert looks.one(Deadline, case, clock="crime_report").started_at == NOW


@pytest.mark.parametrize(
    ("by", "given", "refusal"),
    [
        ("stranger", {}, NotVisible),
        ("officer", {}, NotVisible),
        ("worker", {"happened_at": LATER + timedelta(minutes=1)}, RuleBroken),
        ("worker", {"cause": "fate"}, RuleBroken),
    ],
)
def test_what_is_refused(
    cast: Cast, case: UUID, by: str, given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        die(cast, case, by=by, **given)

    assert looks.rows(Death, case) == []


def test_whom_a_block_names_neither_writes_nor_reviews(cast: Cast, case: UUID) -> None:
    looks.block(case, NOW, user_id=cast["worker"].user_id)
    looks.block(case, NOW, agency_id=cast["coordinator"].agency_id)

    with pytest.raises(NotVisible):
        die(cast, case)
    death = die(cast, case, by="supervisor")
    with pytest.raises(NotVisible):
        act(
            cast["coordinator"], actions.review_death, reference=death, verdict="to_learn",
            now=LATER,
        )  # fmt: skip


def test_the_database_shows_it_to_nobody_else(cast: Cast, case: UUID) -> None:
    """The other lock: without any policy of ours, a stranger's office reads no row."""
    die(cast, case)

    assert rows(cast["stranger"], Death, now=LATER) == []
    assert len(rows(cast["coordinator"], Death, now=LATER)) == 1


def test_it_is_written_down_once(cast: Cast, case: UUID) -> None:
    die(cast, case)

    with pytest.raises(RuleBroken, match="death-recorded"):
        die(cast, case, by="supervisor")


# A mistake


def test_a_mistake_is_taken_back_and_somebody_asks_whether_she_is_safe(
    cast: Cast, case: UUID
) -> None:
    die(cast, case)
    subject = looks.one(Case, case).subject_reference

    act(cast["supervisor"], actions.take_back_death, reference=case, now=LATER)

    assert looks.one(Death, case).taken_back_at == LATER
    assert looks.codes(looks.one(EmergencyCard, case).readers) == ["truc"]
    running = {row.clock for row in looks.rows(Deadline, case, met_at=None, waived_at=None)}
    assert "safe_check" in running and running.isdisjoint({"death_review", "debrief"})
    with rls.acting(actor=cast["worker"], now=LATER):
        assert erasure.held_by(subject, LATER) is None
    assert not {"debrief", "look_back"} & {
        t.flow_task.name for t in looks.rows(AgencyTask, case, finished=None)
    }
    die(cast, case)
    assert len(looks.rows(Death, case)) == 2


def test_only_who_leads_takes_it_back(cast: Cast, case: UUID) -> None:
    die(cast, case)

    with pytest.raises(PermissionDenied):
        act(cast["worker"], actions.take_back_death, reference=case, now=LATER)
    assert not looks.rows(Event, case, topic="death.taken_back")
