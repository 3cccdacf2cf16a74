"""Another index key: people are found all the while, and the old key ends when nobody needs it."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from casework import actions
from casework.groups import Contact, Identity, Number
from casework.handlers import _is_known
from casework.models import Case, SurvivorIndex
from casework.reports import Sealed
from safekeeping import keyring, keys, rls, rotation
from safekeeping.errors import RuleBroken
from safekeeping.keyring import INDEX
from tests.casework.steps import act, read
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
NUMBER = "0900 000 018"
SAID = Sealed(
    ring_back="0900 000 017",
    identity=Identity(full_name="Đỗ Thị Lan"),
    contact=Contact(numbers=(Number(NUMBER),)),
)


@pytest.fixture(autouse=True)
def _ring(tmp_path) -> Iterator[None]:
    """A copy of the ring that the tests may change."""
    source = keyring.FileSource(tmp_path / "ring.json")
    source.make(keys.read_ring())
    with keys.using(source):
        yield


def new_index_key() -> str:
    """Another index key writes from now on; its id."""
    with keys.source().change() as change:
        bits = change.ring.primary(INDEX).bits
        fresh = keyring.new_key(INDEX, now=NOW, bits=bits)
        change.ring = change.ring.with_key(fresh).retiring(INDEX, now=NOW)
    keys.read_ring()
    return fresh.id


def found(cast) -> list[str]:
    hits = act(cast["supervisor"], actions.search_people, kind="phone", text=NUMBER)
    return [hit.code for hit in hits]


def made_by(case) -> set[str]:
    with rls.acting(actor=None, now=NOW, system="repair"):
        rows = SurvivorIndex.objects.filter(case_id=case.pk)
        return set(rows.values_list("key_id", flat=True))


def test_she_is_found_before_while_and_after_the_renewal(cast, report):
    one = read(cast["supervisor"], report(sealed=SAID))
    new_index_key()
    two = read(cast["supervisor"], report(sealed=SAID))

    between = found(cast)
    renewed = rotation.renew_indexes(now=NOW)

    assert set(between) == set(found(cast)) == {one.code, two.code}
    assert renewed == 1


def test_after_the_renewal_every_index_is_of_the_new_key(cast, report):
    case = read(cast["supervisor"], report(sealed=SAID))
    old = made_by(case)
    fresh = new_index_key()

    rotation.renew_indexes(now=NOW)

    assert made_by(case) == {fresh} != old
    assert rotation.renew_indexes(now=NOW) == 0


def test_a_duplicate_is_known_across_keys(cast, report):
    report(sealed=SAID)
    new_index_key()
    again = read(cast["supervisor"], report(sealed=SAID))

    with rls.acting(actor=cast["supervisor"], now=NOW), rls.on_case(again.pk):
        assert _is_known(Case.objects.get(pk=again.pk))


def test_an_old_key_that_indexes_still_need_is_not_destroyed(cast, report):
    report(sealed=SAID)
    old = keys.ring().primary(INDEX).id
    new_index_key()
    later = NOW + rotation.BACKUPS_KEPT + timedelta(days=1)

    with pytest.raises(RuleBroken) as refusal:
        rotation.retire(now=later)
    rotation.renew_indexes(now=NOW)

    assert (refusal.value.code, refusal.value.facts["key"]) == ("key-in-use", old)
    assert old in rotation.retire(now=later)


def test_rotate_renews_both_kinds_and_says_so(cast, report):
    case = read(cast["supervisor"], report(sealed=SAID))
    old = made_by(case)
    told = StringIO()

    call_command("keys", "rotate", stdout=told)

    assert made_by(case) == {keys.ring().primary(INDEX).id} != old
    assert "1 people's search indexes made anew." in told.getvalue()
    assert found(cast) == [case.code]


def test_what_cannot_be_read_is_passed_over_and_keeps_its_key(cast, report, monkeypatch):
    lost = read(cast["supervisor"], report(sealed=SAID))
    kept = read(cast["supervisor"], report(sealed=SAID))
    old, fresh = made_by(lost), new_index_key()
    with (
        rls.acting(actor=cast["supervisor"], now=NOW),
        rls.on_case(lost.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE casework_survivor SET contact = '\\x00' WHERE case_id = %s", [lost.pk]
        )

    renewed = rotation.renew_indexes(now=NOW)

    assert (renewed, made_by(lost), made_by(kept)) == (1, old, {fresh})


def test_an_index_without_a_key_is_refused(cast, report):
    case = read(cast["supervisor"], report(sealed=SAID))

    with (
        rls.acting(actor=cast["supervisor"], now=NOW),
        rls.on_case(case.pk),
        pytest.raises(IntegrityError, match="index_of_a_key"),
        transaction.atomic(),
    ):
        SurvivorIndex.objects.create(case=case, kind="phone", value=1, key_id="")


def test_nobody_but_the_repair_sees_which_cases_share_an_index(cast, report):
    report(sealed=SAID)

    with rls.acting(actor=cast["stranger"], now=NOW):
        assert not SurvivorIndex.objects.exists()
