"""Erasing a survivor: what becomes unreadable, what stays, and who may not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from casework import actions
from casework.access import open_groups
from casework.groups import Contact, Identity, Number
from casework.models import Incident, Survivor, SurvivorIndex
from casework.reports import Sealed
from safekeeping import erasure, rls
from safekeeping.errors import NotVisible, RuleBroken, Unreadable
from safekeeping.models import Erasure, SubjectKey
from tests.casework.steps import S, act, bring, read, topics
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
SAID = Sealed(
    ring_back="0900 000 017",
    identity=Identity(full_name="Đỗ Thị Lan"),
    contact=Contact(numbers=(Number("0900 000 018"),)),
)


@pytest.fixture
def closed(cast, report):
    """A closed case with a name and a number."""
    return bring(cast, report(sealed=SAID), S.CLOSED)


def erase(cast, reference, *, by="supervisor", reason="her_request"):
    return act(cast[by], actions.erase_survivor, reference=reference, reason=reason)


def indexes(cast, reference) -> int:
    case = read(cast["supervisor"], reference)
    with rls.acting(actor=cast["supervisor"], now=NOW), rls.on_case(case.pk):
        return SurvivorIndex.objects.count()


def test_after_erasure_nothing_opens_and_nobody_finds_her(cast, closed):
    before = indexes(cast, closed)

    erase(cast, closed)

    with pytest.raises(Unreadable):
        act(cast["supervisor"], open_groups, reference=closed, groups={"person"})
    hits = act(cast["supervisor"], actions.search_people, kind="phone", text="0900000018")
    assert (before > 0, indexes(cast, closed), hits) == (True, 0, [])
    assert topics(cast["supervisor"], closed)[-1] == "survivor.erased"


def test_what_a_database_put_back_has_forgotten_is_erased_again(cast, closed, tmp_path, settings):
    """Her name can be opened again and she be found, until the next sweep."""
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.log")
    case = read(cast["supervisor"], closed)
    with transaction.atomic():
        erase(cast, closed)
        erasure.copy_ledger()
        transaction.set_rollback(True)
    assert SubjectKey.objects.filter(subject=case.subject_reference).exists()

    erasure.sweep_ledger(NOW)

    with pytest.raises(Unreadable):
        act(cast["supervisor"], open_groups, reference=closed, groups={"person"})
    assert indexes(cast, closed) == 0


def test_what_is_counted_stays(cast, closed):
    erase(cast, closed)

    case = read(cast["supervisor"], closed)
    with rls.acting(actor=cast["supervisor"], now=NOW):
        assert Incident.objects.filter(case=case).count() == 1
    assert (case.state, case.place is None) == (S.CLOSED, False)
    assert Erasure.objects.get().subject == case.subject_reference


def test_only_her_key_goes(cast, closed, report):
    other = read(cast["supervisor"], report(sealed=SAID))

    erase(cast, closed)

    assert SubjectKey.objects.filter(subject=other.subject_reference).exists()


@pytest.mark.parametrize("by", ["worker", "coordinator"])
def test_who_does_not_lead_the_case_erases_nothing(cast, closed, by):
    with pytest.raises((PermissionDenied, NotVisible)):
        erase(cast, closed, by=by)

    assert Erasure.objects.count() == 0


def test_for_a_stranger_there_is_nothing_to_erase(cast, closed):
    with pytest.raises(NotVisible):
        erase(cast, closed, by="strange_supervisor")


def test_an_open_case_is_not_erased(cast, report):
    with pytest.raises(RuleBroken) as refusal:
        erase(cast, report(sealed=SAID))

    assert refusal.value.code == "case-open"


def test_a_reason_is_one_of_the_list(cast, closed):
    with pytest.raises(RuleBroken) as refusal:
        erase(cast, closed, reason="he asked for it")

    assert refusal.value.code == "no-such-reason"


def test_a_legal_hold_refuses_with_its_reason(cast, closed):
    subject = read(cast["supervisor"], closed).subject_reference
    erasure.hold(subject, reason="court")

    with pytest.raises(RuleBroken) as refusal:
        erase(cast, closed)

    assert (refusal.value.code, refusal.value.facts["reason"]) == ("legal-hold", "court")
    assert indexes(cast, closed) > 0


def test_an_erased_file_is_not_opened_again(cast, closed):
    """Every word written in it would be answered with keys that come back, and never do."""
    erase(cast, closed)

    with pytest.raises(RuleBroken, match="erased"):
        act(cast["supervisor"], actions.reopen_case, reference=closed, reason="new_danger")

    assert read(cast["supervisor"], closed).state == S.CLOSED


def test_a_survivors_row_stays_with_its_codes(cast, closed):
    erase(cast, closed)

    with rls.acting(actor=cast["supervisor"], now=NOW):
        survivor = Survivor.objects.get(case__reference=closed)
    assert survivor.sex == "unknown"
