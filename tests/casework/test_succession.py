"""An office ends: its live cases, and all it held of others', pass on by themselves."""

from datetime import date, timedelta

import pytest

from casework import actions, sweeps
from casework.models import Access, AgencyTask, Block, Case, Deadline, EmergencyCard, Override
from casework.sweeps import succession
from casework.turns import turns_for
from network import edition
from network import sweeps as network_sweeps
from network.actions.reorganising import Becomes, NewUnit, Reorganisation, reorganise_communes
from network.models import Agency
from safekeeping import rls
from safekeeping.sweeps import sweep_all
from tests.casework import looks
from tests.casework.steps import act, read

pytestmark = pytest.mark.django_db


def end(code, successor=""):
    heir = of(successor) if successor else None
    Agency.objects.filter(code=code).update(valid_to=date(2026, 12, 1), successor=heir)


def of(code):
    return Agency.objects.get(code=code)


def pass_all(now):
    """What a round of sweeps does for offices that ended."""
    network_sweeps.end_agencies(now)
    return sweeps.pass_on(now) + sweeps.pass_rest(now)


@pytest.fixture
def after(now):
    return now + timedelta(days=8)


def test_live_case_passes_to_the_successor_with_its_clocks(report, now, after):
    reference = report()
    end("ubnd-12424", "ubnd-12070")

    before = sweeps.pass_on(now)
    moved = sweeps.pass_on(after)

    clocks = looks.rows(Deadline, reference, clock="assign_handler")
    assert (before, moved) == (0, 1)
    assert looks.one(Case, reference).owner.code == "ubnd-12070"
    assert [(c.agency.code, c.started_at) for c in clocks] == [("ubnd-12070", now)]


def test_office_without_an_heir_leaves_its_cases_to_the_duty_desk(report, after):
    reference = report()
    end("ubnd-12424")

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "truc"
    assert looks.one(Deadline, reference, clock="succession").due_at == after + timedelta(hours=24)


def test_blocked_heir_takes_nothing(report, now, after):
    reference = report()
    end("ubnd-12424", "ubnd-12070")
    looks.block(reference, now, agency_id=Agency.objects.get(code="ubnd-12070").pk)

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "truc"


def test_case_passes_on_once(report, after):
    report()
    end("ubnd-12424", "ubnd-12070")

    assert [sweeps.pass_on(after), sweeps.pass_on(after)] == [1, 0]


def test_next_office_has_it_on_its_page_and_the_former_has_not(report, cast, after):
    reference = report()
    assert [turn.reference for turn in seen_by(cast["worker"], after)] == [reference]
    end("ubnd-12424", "ubnd-12070")

    pass_all(after)

    assert [turn.reference for turn in seen_by(cast["stranger"], after)] == [reference]
    assert read(cast["stranger"], reference, now=after).owner.code == "ubnd-12070"
    assert seen_by(cast["worker"], after) == []
    with rls.acting(actor=cast["worker"], now=after):
        assert not Case.objects.exists()  # the database says so too, whatever the policy


def seen_by(person, now):
    with rls.acting(actor=person, now=now):
        return turns_for(person)


def test_chain_of_successors_is_followed_to_whoever_is_there(report, after):
    reference = report()
    end("ubnd-12424", "ubnd-11953")
    end("ubnd-11953", "ubnd-12070")

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "ubnd-12070"


def test_successor_with_nobody_in_it_yet_leaves_them_to_the_duty_desk(report, after):
    reference = report()
    end("ubnd-12424", "ubnd-11953")

    sweeps.pass_on(after)

    assert looks.one(Case, reference).owner.code == "truc"
    assert looks.rows(Deadline, reference, clock="succession")


@pytest.fixture
def closed(assigned, held, cast):
    """A closed case of Tiên Tiến."""
    reference = assigned()
    act(cast["worker"], actions.propose_closure, reference=reference, reason="safe")
    act(cast["supervisor"], actions.approve_closure, reference=reference)
    return reference


def test_closed_case_passes_to_who_answers_for_it_and_stays_closed(closed, cast, after):
    end("ubnd-12424", "ubnd-12070")

    sweeps.pass_on(after)

    case = looks.one(Case, closed)
    assert (case.owner.code, case.state) == ("ubnd-12070", "CLOSED")
    assert not looks.rows(Deadline, closed, met_at=None, waived_at=None)
    with rls.acting(actor=cast["strange_supervisor"], now=after):
        assert Case.objects.visible_to(cast["strange_supervisor"]).filter(pk=case.pk).exists()
        reason = {"reason": "asked", "now": after}
        actions.reopen_case(actor=cast["strange_supervisor"], reference=closed, **reason)


def test_successor_with_nobody_in_it_yet_has_the_closed_case(closed, after):
    end("ubnd-12424", "ubnd-11953")

    sweeps.pass_on(after)

    assert looks.one(Case, closed).owner.code == "ubnd-11953"


def test_closed_case_that_no_successor_may_see_is_the_duty_desks(closed, now, after):
    looks.block(closed, now, agency_id=Agency.objects.get(code="ubnd-12070").pk)
    end("ubnd-12424", "ubnd-12070")

    sweeps.pass_on(after)

    assert looks.one(Case, closed).owner.code == "truc"


def test_closed_cases_keep_an_office_from_being_let_go(closed, after):
    end("ubnd-12424", "ubnd-12070")
    office = of("ubnd-12424").pk

    before = succession.held(office, after)["closed_cases"]
    sweeps.pass_on(after)

    assert (before, succession.held(office, after)["closed_cases"]) == (1, 0)


# What it held of others' cases


def test_grant_passes_with_its_groups_and_its_end(report, cast, now, after):
    reference = report()
    ends = after + timedelta(days=3)
    looks.share(reference, cast["health"], {"health", "person"}, ends=ends)
    end("ttyt-phucu", "bvdk-hungyen")

    pass_all(after)

    old, new = looks.rows(Access, reference, reach=1)
    assert (old.agency.code, old.live) == ("ttyt-phucu", False)
    assert (new.agency.code, new.groups, new.ends) == ("bvdk-hungyen", ["health", "person"], ends)
    assert "access.succeeded" in looks.topics(reference)


def test_what_was_opened_for_one_person_ends_with_the_office(report, cast, now, after):
    reference = report()
    ends = after + timedelta(days=3)
    looks.share(reference, cast["health"], {"health"}, user_id=cast["health"].user_id, ends=ends)
    end("ttyt-phucu", "bvdk-hungyen")

    pass_all(after)

    assert [row.live for row in looks.rows(Access, reference, reach=1)] == [False]


def test_grant_without_an_heir_and_one_that_has_run_out_just_end(report, cast, now, after):
    reference = report()
    looks.share(reference, cast["health"], {"health"}, ends=now + timedelta(hours=1))
    looks.share(reference, cast["health"], {"person"})
    end("ttyt-phucu")

    pass_all(after)

    run_out, ended = looks.rows(Access, reference, reach=1)
    assert (run_out.ends, ended.live, ended.ends) == (now + timedelta(hours=1), False, after)


def test_blocked_heir_gets_no_grant_and_no_card(report, cast, now, after):
    reference = report()
    looks.share(reference, cast["health"], {"health"})
    read_card(reference, "ttyt-phucu", now)
    looks.block(reference, now, agency_id=of("bvdk-hungyen").pk)
    end("ttyt-phucu", "bvdk-hungyen")

    pass_all(after)

    assert {row.agency.code for row in looks.rows(Access, reference, reach=1)} == {"ttyt-phucu"}
    assert looks.codes(looks.one(EmergencyCard, reference).readers) == ["truc"]


def read_card(reference, code, now):
    from casework import access

    case = looks.one(Case, reference)
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(case.pk):
        access.add_reader(case.pk, of(code).pk)


def test_place_on_the_emergency_card_passes(report, now, after):
    reference = report()
    read_card(reference, "ca-12424", now)
    end("ca-12424", "ca-12070")

    pass_all(after)

    assert looks.codes(looks.one(EmergencyCard, reference).readers) == ["truc", "ca-12070"]


def test_clock_of_an_office_that_does_not_own_the_case_runs_on_unbroken(report, actor, now, after):
    reference = report(by="coordinator", danger_now="yes")
    actor("ca-12070", "responder")
    before = {row.clock: row for row in looks.rows(Deadline, reference, agency__code="ca-12424")}
    end("ca-12424", "ca-12070")

    pass_all(after)

    passed = {row.clock: row for row in looks.rows(Deadline, reference, agency__code="ca-12070")}
    assert before.keys() == passed.keys() != set()
    assert all(passed[k].due_at == row.due_at for k, row in before.items())


def test_review_asked_of_an_office_is_asked_of_its_successor(assigned, cast, now, after):
    reference = assigned()
    case = looks.one(Case, reference)
    with rls.acting(actor=cast["worker"], now=now), rls.on_case(case.pk):
        actions.use_override(
            case, actor=cast["worker"], action="assess_case", guards={"assignment"},
            why="Đang ở ngoài cửa.", now=now,
        )  # fmt: skip
    end("ubnd-12424", "ubnd-12070")

    pass_all(after)

    assert looks.one(Override, reference).review_agency.code == "ubnd-12070"
    assert {task.agency.code for task in looks.rows(AgencyTask, reference, finished=None)} == {
        "ubnd-12070"
    }


# Blocks go along: who sat in the blocked office sits in its successor


def test_block_on_an_office_names_its_successor_too(report, now, after):
    reference = report()
    looks.block(reference, now, agency_id=of("ca-12424").pk)
    end("ca-12424", "ca-12070")

    assert pass_all(after) == 1
    assert pass_all(after) == 0

    blocks = looks.rows(Block, reference, live=True)
    assert [(row.agency.code, row.why) for row in blocks] == [
        ("ca-12424", "asked"), ("ca-12070", "asked"),
    ]  # fmt: skip


def test_owner_that_succeeds_a_blocked_office_loses_the_case_to_the_desk(report, now, after):
    reference = report()
    looks.block(reference, now, agency_id=of("ubnd-12070").pk)
    end("ubnd-12070", "ubnd-12424")

    pass_all(after)

    assert looks.one(Case, reference).owner.code == "truc"
    assert looks.one(Deadline, reference, clock="succession").agency.code == "truc"


# A commune is split


@pytest.fixture
def split(actor):
    """Tiên Tiến becomes two communes on 1 December; the east's committee has a caseworker."""
    yield lambda: _split(actor)
    edition.forget()


def _split(actor):
    admin = actor("snv", "network_admin")
    plan = Reorganisation(
        date(2026, 12, 1),
        [NewUnit("90001", "Tiên Đông", "xa"), NewUnit("90002", "Tiên Tây", "xa")],
        [Becomes("12424", "90001", part=True), Becomes("12424", "90002", part=True)],
    )
    act(admin, reorganise_communes, plan=plan)
    return actor("ubnd-90001", "caseworker", name="east")


def test_place_that_was_itself_split_leaves_the_case_to_the_coordinator(report, split, now, after):
    reference = report()
    split()

    before = sweeps.pass_on(now)
    pass_all(after)

    row = looks.one(Case, reference)
    assert (before, row.owner.code, row.place.code) == (0, "truc", "12424")
    assert looks.one(Deadline, reference, clock="succession").due_at == after + timedelta(hours=24)
    assert looks.one(Deadline, reference, clock="assign_handler").started_at == now


def test_unknown_place_leaves_the_case_to_the_coordinator(report, split, after):
    reference = report()
    set_place(reference, None)
    split()

    pass_all(after)

    assert looks.one(Case, reference).owner.code == "truc"


def test_place_known_by_the_day_takes_the_case_to_its_own_part(report, split, after):
    from network import registry

    reference, other = report(), report()
    east = split()
    set_place(reference, registry.unit_on("90001", date(2026, 12, 1)))

    pass_all(after)

    assert looks.one(Case, reference).owner.code == "ubnd-90001"
    assert looks.one(Case, other).owner.code == "truc"
    assert [turn.reference for turn in seen_by(east, after)] == [reference]


def test_case_of_another_commune_goes_to_the_office_of_that_place(report, split, after):
    from network import registry

    reference = report()
    split()
    set_place(reference, registry.unit_on("12070", date(2026, 12, 1)))

    pass_all(after)

    assert looks.one(Case, reference).owner.code == "ubnd-12070"


def set_place(reference, place):
    case = looks.one(Case, reference)
    with rls.acting(actor=None, now=case.recorded_at, system="setup"), rls.on_case(case.pk):
        Case.objects.filter(pk=case.pk).update(place=place)


def test_block_on_a_split_office_names_all_its_parts(report, split, now, after):
    reference = report()
    looks.block(reference, now, agency_id=of("ca-12424").pk)
    split()

    pass_all(after)

    blocked = {row.agency.code for row in looks.rows(Block, reference, live=True)}
    assert blocked == {"ca-12424", "ca-90001", "ca-90002"}


def test_office_is_settled_once_nothing_is_left(report, after):
    report()
    end("ubnd-12424", "ubnd-12070")

    sweep_all(after)
    between = of("ubnd-12424").passed_on_at
    sweep_all(after + timedelta(seconds=3))

    assert (between, of("ubnd-12424").passed_on_at) == (None, after + timedelta(seconds=3))
