"""The report, from three answers to a case with owner, clocks, card and level."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from casework import actions, indexing
from casework.groups import Contact, Identity, Informant, Number
from casework.models import (
    Access,
    Assessment,
    Block,
    Case,
    Consent,
    Deadline,
    EmergencyCard,
    Incident,
    Report,
    Survivor,
    SurvivorIndex,
)
from casework.reports import Sealed
from network.actors import Actor
from safekeeping import events, keys, rls
from safekeeping.errors import KeysUnavailable, NotVisible, RuleBroken
from safekeeping.sealed import is_empty
from tests.casework import looks
from tests.casework.conftest import facts

pytestmark = pytest.mark.django_db
RING_BACK = Sealed(ring_back="0900 000 017")


def clocks(reference):
    return {row.clock: row for row in looks.rows(Deadline, reference)}


def test_three_answers_open_a_case_of_the_commune(report):
    reference = report()

    case = looks.one(Case, reference)
    assert (case.state, case.risk_level, case.owner.code) == ("DETECTED", "standard", "ubnd-12424")
    assert case.code.startswith("HY-26-")
    assert case.detected_channel == "police"
    assert looks.topics(reference)[0] == "case.reported"


def test_report_writes_every_row_of_the_case(report):
    reference = report(danger_now="yes", needs=("doctor", "bed"), children_count=2)

    assessment = looks.one(Assessment, reference)
    card = looks.one(EmergencyCard, reference)
    row = looks.one(Report, reference)
    assert assessment.level == card.level == "extreme"
    assert assessment.answers["weapon"] == "unanswered"
    assert card.danger == ["danger_to_life"]
    assert (row.needs, row.children_count, row.status) == (["doctor", "bed"], 2, "RECEIVED")
    assert looks.one(Incident, reference).unit.code == "12424"
    assert [a.reach for a in looks.rows(Access, reference)] == [2]
    assert looks.rows(Block, reference) == []


def test_needs_are_what_she_agreed_to(report):
    reference = report(needs=("doctor", "none")[:1])

    consent = looks.one(Consent, reference)
    assert (consent.service, consent.recipient_kind, consent.state) == (
        "health", "health_facility", "GIVEN",
    )  # fmt: skip
    assert "account" not in consent.groups


def test_clocks_of_a_quiet_report(report):
    found = clocks(report(needs=("none",)))

    assert set(found) == {"notify_chairman", "assign_handler"}
    assert found["assign_handler"].source.startswith("Law 13/2022/QH15 art. 20(3)")


def test_who_could_not_be_asked_is_asked_within_a_day(report, now):
    found = clocks(report(needs=("could_not_ask",)))

    assert found["consent_ask"].due_at == now + timedelta(hours=24)


@pytest.mark.parametrize(("danger", "hours"), [("yes", 24), ("unanswered", 72)])
def test_high_and_extreme_levels_are_looked_at_again(report, now, danger, hours):
    found = clocks(report(danger_now=danger))

    assert found["reassess"].due_at == now + timedelta(hours=hours)


def test_danger_to_life_tells_the_police_at_once(report):
    reference = report(by="health", danger_now="yes")

    row = looks.one(Report, reference)
    assert looks.codes(row.told) == ["ubnd-12424", "ca-12424"]
    assert clocks(reference)["police_vulnerable"].agency.code == "ca-12424"


def test_police_that_reports_itself_has_met_its_own_clock(report):
    reference = report(by="officer", danger_now="yes")

    assert clocks(reference)["police_vulnerable"].met_at is not None
    assert "ca-12424" not in looks.codes(looks.one(Report, reference).told)


def test_emergency_card_is_addressed_to_the_duty_desk_until_the_told_confirm(report):
    reference = report(by="health", danger_now="yes")

    card = looks.one(EmergencyCard, reference)
    assert set(looks.codes(card.readers)) == {"truc"}


@pytest.mark.parametrize("answer", ["unknown", "unanswered"])
def test_open_conflict_keeps_the_office_out_and_the_duty_desk_owns(report, answer):
    reference = report(conflict=answer)

    row = looks.one(Report, reference)
    assert looks.one(Case, reference).owner.code == "truc"
    assert looks.codes(row.not_told) == ["ubnd-12424"]
    assert [b.agency.code for b in looks.rows(Block, reference)] == ["ubnd-12424"]
    assert {"clear_conflict", "notify_chairman"} <= set(clocks(reference))
    assert "assign_handler" not in clocks(reference)


def test_a_plain_yes_keeps_the_reporters_own_office_out_too(report):
    reference = report(conflict="yes")

    assert set(looks.codes(looks.one(Report, reference).not_told)) == {"ubnd-12424", "ca-12424"}


def test_police_kept_out_is_replaced_by_the_province(report, actor):
    actor("cat", "responder")

    reference = report(by="health", conflict="unknown", danger_now="yes")

    row = looks.one(Report, reference)
    assert set(looks.codes(row.not_told)) == {"ubnd-12424", "ca-12424"}
    assert looks.codes(row.told) == ["truc", "cat"]


def test_unknown_place_goes_to_the_duty_desk(report):
    assert looks.one(Case, report(commune=None)).owner.code == "truc"


def test_office_without_people_falls_to_the_duty_desk_which_rings_it(report):
    reference = report(commune="12205")

    assert looks.one(Case, reference).owner.code == "truc"
    assert "ubnd-12205" in looks.codes(looks.one(Report, reference).to_ring)


def test_trafficking_is_not_told_at_home(report):
    reference = report(tracks=("trafficking",))

    row = looks.one(Report, reference)
    assert looks.one(Case, reference).owner.code == "truc"
    assert "ubnd-12424" not in looks.codes([*row.told, *row.to_ring])


def test_child_is_told_to_the_child_line_by_ringing(report):
    reference = report(by="health", circumstances=frozenset({"child"}))

    row = looks.one(Report, reference)
    assert looks.codes(row.told) == ["ubnd-12424", "ca-12424"]
    assert "tongdai-111" in looks.codes(row.to_ring)


def test_old_report_entered_late_runs_its_clocks_from_then(cast, now):
    officer, then = cast["officer"], now - timedelta(days=2)
    with rls.acting(actor=officer, now=now):
        made = actions.report_case(
            actor=officer, facts=facts(), sealed=RING_BACK, now=now, happened_at=then
        )

    found = clocks(made)
    assert found["assign_handler"].started_at == then
    assert found["assign_handler"].late_entry
    assert looks.one(Case, made).opened_at == then


def test_sealed_part_is_indexed_and_sealed(report):
    contact = Contact(numbers=(Number("0900 000 099"),))
    identity = Identity(full_name="Nguyễn Thị Én", born_on=date(1990, 2, 3))
    told = Informant(name="Bác Tư")

    reference = report(
        sealed=Sealed(ring_back="1", contact=contact, identity=identity, informant=told)
    )

    survivor = looks.one(Survivor, reference)
    assert not is_empty(survivor, "contact")
    assert not is_empty(looks.one(Case, reference), "informant")
    assert {i.kind for i in looks.rows(SurvivorIndex, reference)} == {
        "phone", "name", "given_year",
    }  # fmt: skip


class NoKeys:
    def load(self):
        raise KeysUnavailable


def test_coded_part_is_saved_while_the_keys_cannot_be_read(cast, report, now):
    with keys.using(NoKeys()):
        reference = report(danger_now="yes", needs=("bed",))

    row = looks.one(Report, reference)
    assert row.sealed_later
    assert looks.one(Case, reference).risk_level == "extreme"
    assert is_empty(looks.one(EmergencyCard, reference), "card")


def test_keys_that_fail_half_way_leave_one_case_with_its_coded_part(report, monkeypatch):
    def refuse(*args):
        raise KeysUnavailable

    monkeypatch.setattr(indexing.blind, "index", refuse)

    reference = report(sealed=Sealed(ring_back="1", identity=Identity(full_name="Nguyễn Thị Én")))

    assert looks.one(Report, reference).sealed_later
    assert is_empty(looks.one(Survivor, reference), "identity")


def test_sealed_part_is_brought_once_keys_are_back(cast, report, now):
    with keys.using(NoKeys()):
        reference = report()
    row = looks.one(Report, reference)

    with rls.acting(actor=cast["officer"], now=now):
        actions.complete_report(
            actor=cast["officer"], reference=row.reference, sealed=RING_BACK, now=now
        )

    assert not looks.one(Report, reference).sealed_later
    assert not is_empty(looks.one(EmergencyCard, reference), "card")
    assert "report.completed" in looks.topics(reference)


def test_complete_report_is_not_complete_twice(cast, report, now):
    row = looks.one(Report, report())

    with (
        rls.acting(actor=cast["officer"], now=now),
        pytest.raises(RuleBroken, match="already-complete"),
    ):
        actions.complete_report(
            actor=cast["officer"], reference=row.reference, sealed=RING_BACK, now=now
        )


def test_complete_report_of_others_does_not_exist(cast, report, now):
    row = looks.one(Report, report())

    with rls.acting(actor=cast["stranger"], now=now), pytest.raises(NotVisible):
        actions.complete_report(
            actor=cast["stranger"], reference=row.reference, sealed=RING_BACK, now=now
        )


def test_report_does_not_exist_for_who_only_shares_the_case(cast, report, now):
    reference = report()
    row = looks.one(Report, reference)
    looks.share(reference, cast["health"], {"needs"})

    with rls.acting(actor=cast["health"], now=now), pytest.raises(NotVisible):
        actions.complete_report(
            actor=cast["health"], reference=row.reference, sealed=RING_BACK, now=now
        )


def test_reporter_sees_the_report_and_nothing_of_the_case(cast, report, now):
    reference = report()

    with rls.acting(actor=cast["officer"], now=now):
        assert Report.objects.visible_to(cast["officer"]).count() == 1
        assert not Case.objects.visible_to(cast["officer"]).exists()
        assert not Survivor.objects.exists()
    assert reference


def test_reporter_of_a_blocked_office_still_follows_the_own_report(cast, report, now):
    report(conflict="yes")

    with rls.acting(actor=cast["officer"], now=now):
        assert Report.objects.visible_to(cast["officer"]).count() == 1


def test_stranger_may_not_report(now):
    nobody = Actor()
    with rls.acting(actor=nobody, now=now), pytest.raises(PermissionDenied):
        actions.report_case(actor=nobody, facts=facts(), sealed=RING_BACK, now=now)


def test_only_operators_report_in_the_name_of_others(cast, now):
    officer = cast["officer"]
    with rls.acting(actor=officer, now=now), pytest.raises(PermissionDenied):
        actions.report_case(
            actor=officer,
            facts=facts(),
            sealed=RING_BACK,
            now=now,
            proxy_for=cast["health"].agency_id,
        )


def test_report_from_the_future_is_refused(cast, now):
    officer = cast["officer"]
    with rls.acting(actor=officer, now=now), pytest.raises(RuleBroken, match="in-the-future"):
        actions.report_case(
            actor=officer, facts=facts(), sealed=RING_BACK, now=now,
            happened_at=now + timedelta(minutes=1),
        )  # fmt: skip


def test_contradicting_needs_are_refused(cast, now):
    officer = cast["officer"]
    with rls.acting(actor=officer, now=now), pytest.raises(RuleBroken, match="needs-contradict"):
        actions.report_case(
            actor=officer, facts=facts(needs=("none", "bed")), sealed=RING_BACK, now=now
        )


def test_aliases_of_one_owner_differ(report):
    aliases = [looks.one(Case, report()).alias for _ in range(6)]

    assert len(set(aliases)) == 6


def test_number_of_statements(cast, report, now, monkeypatch, django_assert_max_num_queries):
    """With its flow; what other apps open in the same transaction they count themselves."""
    report()
    own = [h for h in events.topics()["case.reported"] if h.name.startswith("casework.")]
    monkeypatch.setitem(events.topics(), "case.reported", own)
    officer = cast["officer"]
    said = Sealed(ring_back="0900 000 017", exact_place="Thôn Hà Linh", account="…")
    told = facts(danger_now="yes", needs=("doctor", "bed"))

    with rls.acting(actor=officer, now=now), django_assert_max_num_queries(28):
        actions.report_case(actor=officer, facts=told, sealed=said, now=now)
