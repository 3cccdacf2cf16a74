import errno
import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from safekeeping import erasure, keys, sealed
from safekeeping.errors import RuleBroken, Unreadable
from safekeeping.models import Erasure, SubjectKey
from tests.conftest import NOW, as_owner
from tests.safekeeping.lab import EN, Identity, Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lab")]
ENDS = NOW + timedelta(days=90)


@pytest.fixture(autouse=True)
def ledger(tmp_path, settings):
    settings.ERASURE_LEDGER = str(tmp_path / "keys" / "erasures.log")
    return tmp_path / "keys" / "erasures.log"


@pytest.fixture
def erased_too(monkeypatch) -> list[UUID]:
    """What a registered eraser was asked to delete."""
    asked: list[UUID] = []
    monkeypatch.setattr(erasure, "_erasers", [asked.append])
    return asked


def make_person() -> Person:
    return Person.objects.create(key_subject=keys.create_subject(), identity=EN)


def opened(person: Person) -> object:
    again = Person.objects.get(pk=person.pk)
    sealed.open_fields([again], ["identity"])
    return again.identity


def erase(person: Person) -> None:
    erasure.erase_subject(person.key_subject, reason="her-request", now=NOW)


def test_after_erasure_nothing_of_her_opens_and_others_do(erased_too):
    person, other = make_person(), make_person()

    erase(person)

    with pytest.raises(Unreadable):
        opened(person)
    assert opened(other) == EN
    assert erased_too == [person.key_subject]
    assert list(Erasure.objects.values_list("subject", "reason")) == [
        (person.key_subject, "her-request")
    ]


def test_an_erased_subject_gets_no_second_key():
    person = make_person()
    erase(person)

    with pytest.raises(Unreadable):
        keys.create_subject(person.key_subject)
    person.identity = Identity("Lan")
    with pytest.raises(Unreadable):
        person.save()


def test_a_failing_eraser_erases_nothing(monkeypatch):
    person = make_person()
    monkeypatch.setattr(erasure, "_erasers", [lambda subject: 1 / 0])

    with pytest.raises(ZeroDivisionError):
        erase(person)

    assert opened(person) == EN
    assert erasure.read_ledger() == []


@pytest.mark.parametrize("ends", [None, ENDS])
def test_a_legal_hold_refuses_with_its_reason(ends):
    person = make_person()
    erasure.hold(person.key_subject, reason="court", ends=ends)

    with pytest.raises(RuleBroken) as refusal:
        erase(person)

    assert refusal.value.code == "legal-hold"
    assert refusal.value.facts == {"reason": "court", "ends": ends}
    assert opened(person) == EN


def test_a_hold_that_ended_or_was_released_refuses_no_longer():
    ended, released = make_person(), make_person()
    erasure.hold(ended.key_subject, reason="court", ends=NOW)
    erasure.hold(released.key_subject, reason="court")

    erasure.release(released.key_subject)
    erase(ended)
    erase(released)

    assert SubjectKey.objects.count() == 0


def test_two_holds_end_each_by_itself():
    person, court, review = make_person(), uuid4(), uuid4()
    erasure.hold(person.key_subject, reason="court", ends=ENDS, source=court)
    erasure.hold(person.key_subject, reason="death", source=review)

    erasure.release(person.key_subject, source=review)

    with pytest.raises(RuleBroken) as refusal:
        erase(person)
    assert refusal.value.facts == {"reason": "court", "ends": ENDS}


def test_the_hold_that_lasts_longest_is_named():
    person = make_person()
    erasure.hold(person.key_subject, reason="court", ends=ENDS)
    erasure.hold(person.key_subject, reason="death")

    assert erasure.held_by(person.key_subject, NOW).reason == "death"


def test_the_ledger_outside_is_private_and_names_nobody(ledger):
    person = make_person()

    erase(person)

    text = ledger.read_text()
    assert oct(ledger.stat().st_mode)[-3:] == "600"
    assert erasure.read_ledger() == [(person.key_subject, "her-request", NOW)]
    assert str(person.reference) not in text


def test_after_a_restore_the_ledger_is_replayed(erased_too):
    person, other = make_person(), make_person()
    backup = list(SubjectKey.objects.filter(subject=person.key_subject).values())
    erase(person)
    SubjectKey.objects.create(**backup[0])
    restored = opened(person)

    done = erasure.replay_ledger()

    assert restored == EN
    assert done == 1
    with pytest.raises(Unreadable):
        opened(person)
    assert opened(other) == EN
    assert erased_too == [person.key_subject] * 2
    assert erasure.replay_ledger() == 0


def test_what_a_database_put_back_has_forgotten_is_erased_again(erased_too):
    """By whatever means it was put back: nobody has to think of it."""
    person, other = make_person(), make_person()
    backup = list(SubjectKey.objects.filter(subject=person.key_subject).values())
    erase(person)
    with as_owner() as db:
        db.execute("DELETE FROM safekeeping_erasure")
    SubjectKey.objects.create(**backup[0])

    done = erasure.sweep_ledger(NOW)

    with pytest.raises(Unreadable):
        opened(person)
    assert done == 1
    assert opened(other) == EN
    assert erased_too == [person.key_subject] * 2
    assert erasure.sweep_ledger(NOW) == 0


def test_a_full_disk_takes_no_half_a_line(ledger, monkeypatch):
    """Or no later erasure, and no later head of the chain, would be written down."""
    erase(make_person())
    write = os.write

    def full(number, added):
        write(number, added[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        erase(make_person())
    kept = len(erasure.read_ledger())
    erasure.sweep_ledger(NOW)

    assert (kept, len(erasure.read_ledger())) == (1, 2)


def test_a_line_lost_in_a_crash_is_added_later(ledger):
    person = make_person()
    erase(person)
    ledger.unlink()

    added = erasure.copy_ledger()

    assert added == 1
    assert erasure.copy_ledger() == 0
    assert [subject for subject, _, _ in erasure.read_ledger()] == [person.key_subject]


def test_what_is_erased_is_never_said_to_have_failed(ledger, key_ring):
    """The keys are away, which erasing does without; only its copy outside needs one."""
    person = make_person()
    elsewhere = key_ring.path.rename(key_ring.path.with_name("elsewhere.json"))
    keys._hold.until = 0.0
    try:
        erase(person)
    finally:
        elsewhere.rename(key_ring.path)

    kept = erasure.read_ledger()
    erasure.sweep_ledger(NOW)

    assert Erasure.objects.get().subject == person.key_subject
    assert (kept, len(erasure.read_ledger())) == ([], 1)


@pytest.mark.parametrize(
    "forge", [lambda t: t.replace("her-request", "other"), lambda t: t[:-9], lambda t: "x\n" + t]
)
def test_a_forged_ledger_erases_nothing(ledger, forge):
    erase(make_person())
    ledger.write_text(forge(ledger.read_text()))
    survivor = make_person()

    with pytest.raises(Unreadable):
        erasure.replay_ledger()

    assert opened(survivor) == EN


def test_an_eraser_registers_by_decorator(monkeypatch):
    monkeypatch.setattr(erasure, "_erasers", [])

    eraser = erasure.on_erase(lambda subject: None)

    assert erasure._erasers == [eraser]
    assert erasure.erase_subject(uuid4(), reason="r", now=NOW) is None
