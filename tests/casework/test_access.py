"""Who may open what, and what is written before anything is shown."""

from datetime import timedelta

import pytest

from casework import access, actions
from casework.groups import CONSENTED, EVERY, INFORMANT, Contact, Identity, Informant, Number
from casework.models import Access, Case, Deadline, EmergencyCard
from casework.reports import Sealed
from network.models import Agency
from safekeeping import events, rls
from safekeeping.errors import NotGranted, NotOpened, NotVisible, RuleBroken
from safekeeping.models import Event
from tests.casework import looks

pytestmark = pytest.mark.django_db

SAID = Sealed(
    ring_back="0900 000 017",
    exact_place="Thôn Hà Linh",
    account="What was told.",
    identity=Identity(full_name="Nguyễn Thị Én"),
    contact=Contact(numbers=(Number("0900 000 099"),)),
    informant=Informant(name="Bác Tư"),
)


def groups(actor, reference, at):
    case = looks.one(Case, reference)
    with rls.acting(actor=actor, now=at):
        return access.groups_for(actor, case, at)


def opened(actor, reference, wanted, at):
    with rls.acting(actor=actor, now=at):
        return access.open_groups(actor=actor, reference=reference, groups=wanted, now=at)


# groups_for


@pytest.mark.parametrize(
    ("who", "may_open"),
    [
        ("worker", EVERY - {INFORMANT}),
        ("supervisor", EVERY),
        ("colleague", frozenset()),
        ("stranger", frozenset()),
        ("officer", frozenset()),
        ("coordinator", frozenset()),
        ("analyst", frozenset()),
    ],
)
def test_owner_and_worker_say_who_opens_what(cast, assigned, now, who, may_open):
    assert groups(cast[who], assigned(), now) == may_open


def test_coordinator_opens_what_the_duty_desk_owns(cast, report, now):
    assert groups(cast["coordinator"], report(commune=None), now) == EVERY


def test_receiver_opens_exactly_what_was_granted_and_until_its_end(cast, assigned, now):
    reference, ends = assigned(), now + timedelta(days=14)
    looks.share(reference, cast["health"], {"contact", "health"}, ends=ends)

    assert groups(cast["health"], reference, ends - timedelta(seconds=1)) == {"contact", "health"}
    assert groups(cast["health"], reference, ends) == frozenset()


def test_what_was_granted_ends_at_once_when_it_is_ended(cast, assigned, now):
    reference = assigned()
    case = looks.one(Case, reference)
    looks.share(reference, cast["health"], {"contact"})

    with rls.acting(actor=cast["worker"], now=now), rls.on_case(case.pk):
        assert access.end(source=case.reference, at=now) == 2  # the owner's row has it too

    assert groups(cast["health"], reference, now) == frozenset()


@pytest.mark.parametrize("name", [INFORMANT, "minutes", "evidence", "notes"])
def test_what_is_never_shared_is_not_granted(cast, assigned, name):
    with pytest.raises(ValueError, match="never shared"):
        looks.share(assigned(), cast["health"], {name})


def test_blocked_office_is_granted_nothing(cast, assigned, now):
    reference = assigned()
    looks.block(reference, now, agency_id=cast["health"].agency_id)

    with pytest.raises(RuleBroken, match="agency-blocked"):
        looks.share(reference, cast["health"], {"contact"})


# open_groups


def test_worker_opens_and_it_is_written(cast, assigned, now):
    reference = assigned(sealed=SAID)

    found = opened(cast["worker"], reference, {"contact", "person"}, now)

    (contact,) = found["contact"]
    assert contact.value.numbers[0].number == "0900 000 099"
    assert found["person"][0].value.full_name == "Nguyễn Thị Én"
    assert looks.one(Event, reference, topic="case.seen").groups == ["contact", "person", "wishes"]


def test_opening_her_page_opens_her_wishes_first(cast, assigned, now):
    reference = assigned(sealed=SAID)

    assert opened(cast["worker"], reference, set(), now) == {"wishes": []}


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("worker", INFORMANT),
        ("colleague", "contact"),
        ("worker", "nothing_such"),
        ("health", "account"),
    ],
)
def test_group_that_one_has_not_is_refused_whole(cast, assigned, now, who, wanted):
    reference = assigned(sealed=SAID)
    looks.share(reference, cast["health"], {"contact"})

    with pytest.raises(NotGranted):
        opened(cast[who], reference, {wanted}, now)

    assert "case.seen" not in looks.topics(reference)


def test_receiver_opens_no_wishes_along(cast, assigned, now):
    reference = assigned(sealed=SAID)
    looks.share(reference, cast["health"], {"contact"})

    assert set(opened(cast["health"], reference, {"contact"}, now)) == {"contact"}


def test_supervisor_alone_opens_who_told(cast, assigned, now):
    reference = assigned(sealed=SAID)

    (told,) = opened(cast["supervisor"], reference, {INFORMANT}, now)[INFORMANT]

    assert told.value.name == "Bác Tư"


def test_case_of_others_does_not_exist(cast, assigned, now):
    with pytest.raises(NotVisible):
        opened(cast["stranger"], assigned(sealed=SAID), {"contact"}, now)


def test_nothing_is_shown_if_it_cannot_be_written(cast, assigned, now, monkeypatch):
    reference = assigned(sealed=SAID)

    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(events, "record", refuse)
    with pytest.raises(RuntimeError):
        opened(cast["worker"], reference, {"contact"}, now)


def test_value_that_nobody_opened_is_not_read(assigned):
    case = looks.one(Case, assigned(sealed=SAID))

    with pytest.raises(NotOpened):
        _ = case.informant


# open_card


@pytest.mark.parametrize("who", ["coordinator", "supervisor"])
def test_addressee_opens_the_card(cast, assigned, now, who):
    reference = assigned(sealed=SAID)
    card = looks.one(EmergencyCard, reference).reference

    with rls.acting(actor=cast[who], now=now):
        found = access.open_card(actor=cast[who], reference=card, now=now)

    assert (found.exact_place, found.ring_back) == ("Thôn Hà Linh", "0900 000 017")
    assert "card.seen" in looks.topics(reference)


@pytest.mark.parametrize("who", ["stranger", "health", "analyst"])
def test_card_of_others_does_not_exist(cast, assigned, now, who):
    card = looks.one(EmergencyCard, assigned(sealed=SAID)).reference

    with rls.acting(actor=cast[who], now=now), pytest.raises(NotVisible):
        access.open_card(actor=cast[who], reference=card, now=now)


# the owner


def hand_over(cast, reference, now, reason="handover"):
    case = looks.one(Case, reference)
    office = Agency.objects.get(code="ubnd-12070")
    with rls.acting(actor=cast["supervisor"], now=now), rls.on_case(case.pk):
        access.change_owner(case, agency=office, actor=cast["supervisor"], now=now, reason=reason)


def test_handed_over_case_takes_clocks_along_and_wants_a_worker(cast, assigned, now):
    reference = assigned()

    hand_over(cast, reference, now)

    case = looks.one(Case, reference)
    running = looks.rows(Deadline, reference, met_at=None, waived_at=None)
    assert (case.owner.code, case.worker_id, case.state) == ("ubnd-12070", None, "ASSIGNED")
    assert {row.agency.code for row in running} == {"ubnd-12070"}
    assert "without_worker" in {row.clock for row in running}
    assert looks.topics(reference).count("case.handed_over") == 1


def test_former_owner_keeps_its_papers_for_fourteen_days(cast, assigned, now):
    reference = assigned()

    hand_over(cast, reference, now)

    last = now + timedelta(days=14)
    kept = groups(cast["supervisor"], reference, last - timedelta(seconds=1))
    assert kept == CONSENTED - {"whereabouts", "contact"}
    assert groups(cast["supervisor"], reference, last) == frozenset()
    with rls.acting(actor=cast["supervisor"], now=last):
        assert not Case.objects.exists()


@pytest.mark.parametrize("reason", ["cleared", "blocked", "succession"])
def test_only_a_handover_leaves_a_tail(cast, assigned, now, reason):
    reference = assigned()

    hand_over(cast, reference, now, reason)

    assert len(looks.rows(Access, reference, live=True)) == 1


def test_blocked_office_takes_nothing_over(cast, assigned, now):
    reference = assigned()
    looks.block(reference, now, agency_id=cast["stranger"].agency_id)

    with pytest.raises(RuleBroken, match="agency-blocked"):
        hand_over(cast, reference, now)


def test_alias_that_is_taken_in_the_new_office_is_drawn_again(cast, assigned, report, now):
    reference = assigned()
    other = looks.one(Case, report(commune="12070"))
    with rls.acting(actor=None, now=now, system="setup"), rls.on_case(other.pk):
        other.alias = looks.one(Case, reference).alias
        other.save(update_fields=["alias"])

    hand_over(cast, reference, now)

    assert looks.one(Case, reference).alias != other.alias


def test_groups_cost_two_statements(cast, assigned, now, django_assert_max_num_queries):
    case = looks.one(Case, assigned())

    with rls.acting(actor=cast["worker"], now=now), django_assert_max_num_queries(2):
        access.groups_for(cast["worker"], case, now)


def test_actions_need_no_more_than_they_say(cast, assigned, now, django_assert_max_num_queries):
    reference = assigned(sealed=SAID)

    with rls.acting(actor=cast["worker"], now=now), django_assert_max_num_queries(11):
        access.open_groups(
            actor=cast["worker"], reference=reference, groups={"contact", "person"}, now=now
        )
    assert actions
