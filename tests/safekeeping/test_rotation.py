import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from safekeeping import canary, keys, rotation, sealed
from safekeeping.errors import RuleBroken, Unreadable
from safekeeping.keyring import INDEX, WRAP, FileSource, TextSource, dumps, new_key, new_ring
from safekeeping.models import KeyCanary, SubjectKey
from tests.conftest import NOW
from tests.safekeeping.lab import EN, Identity, Person

WRITERS = 4
LONG_AFTER = NOW + rotation.BACKUPS_KEPT


@pytest.fixture(autouse=True)
def ring(tmp_path) -> Iterator[FileSource]:
    """A ring for each test: rotating changes it."""
    source = FileSource(tmp_path / "ring.json")
    source.make(new_ring(now=NOW))
    with keys.using(source):
        yield source


def make_people(count: int) -> list[Person]:
    return [
        Person.objects.create(key_subject=keys.create_subject(), identity=EN) for _ in range(count)
    ]


def open_all() -> set[Any]:
    keys._kept().clear()
    people = list(Person.objects.all())
    sealed.open_fields(people, ["identity"])
    return {person.identity for person in people}


def under_primary() -> bool:
    return not SubjectKey.objects.exclude(kek_id=keys.ring().primary(WRAP).id).exists()


def in_thread(work: Callable[[], Any]) -> Any:
    """Run in a thread with a connection of its own, closed afterwards."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@contextmanager
def writers(work: Callable[[], Any]) -> Iterator[list[BaseException]]:
    """Threads that repeat `work` until the block ends; what they failed with."""
    stop, faults = threading.Event(), []

    def run() -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    [thread.start() for thread in threads]
    try:
        yield faults
    finally:
        stop.set()
        [thread.join() for thread in threads]


@transaction.atomic
def write_and_read() -> None:
    person = Person.objects.create(key_subject=keys.create_subject(), identity=EN)
    person.contact = Identity("Lan")
    person.save()
    again = Person.objects.get(pk=person.pk)
    sealed.open_fields([again], ["identity", "contact"])
    assert (again.identity, again.contact) == (EN, Identity("Lan"))


@pytest.mark.django_db
@pytest.mark.usefixtures("lab")
def test_after_a_rotation_every_key_lies_under_the_new_one_and_values_open():
    make_people(5)
    old = keys.ring().primary(WRAP)

    done = rotation.rotate(now=NOW)

    assert done == 5
    assert keys.ring().primary(WRAP) != old
    assert under_primary()
    assert open_all() == {EN}
    assert KeyCanary.objects.filter(key_id=keys.ring().primary(WRAP).id).exists()


@pytest.mark.django_db
def test_a_batch_is_five_hundred_at_most(monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 3)
    [keys.create_subject() for _ in range(7)]
    with keys.source().change() as change:
        change.ring = change.ring.with_key(new_key(WRAP, now=NOW))
    keys.read_ring()

    batches = [rotation.rewrap_batch() for _ in range(4)]

    assert batches == [3, 3, 1, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("lab")
def test_keys_rotate_while_others_write():
    make_people(300)

    with writers(write_and_read) as faults:
        done = [rotation.rotate(now=NOW) for _ in range(3)]
    rotation.rewrap()

    assert faults == []
    assert min(done) >= 300
    assert under_primary()
    assert open_all() == {EN}


@pytest.mark.django_db(transaction=True)
def test_a_locked_key_is_passed_over_and_wrapped_once_free(monkeypatch):
    held, free = keys.create_subject(), keys.create_subject()
    with keys.source().change() as change:
        change.ring = change.ring.with_key(new_key(WRAP, now=NOW))
    keys.read_ring()

    with transaction.atomic():
        SubjectKey.objects.select_for_update().get(subject=held)
        first = in_thread(rotation.rewrap_batch)
    second = rotation.rewrap_batch()

    assert (first, second) == (1, 1)
    assert keys.deks_for([held, free]).keys() == {held, free}


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_cannot_finish_says_how_much_is_left(monkeypatch):
    monkeypatch.setattr(rotation.time, "sleep", lambda seconds: None)
    held = keys.create_subject()

    with transaction.atomic():
        SubjectKey.objects.select_for_update().get(subject=held)
        with pytest.raises(RuleBroken) as refusal:
            in_thread(lambda: rotation.rotate(now=NOW))

    assert (refusal.value.code, refusal.value.facts) == ("keys-locked", {"left": 1})


@pytest.mark.django_db
@pytest.mark.usefixtures("lab")
def test_another_process_finds_the_new_key_at_once():
    make_people(1)
    before = keys.ring()
    rotation.rotate(now=NOW)

    keys._hold.ring = before  # what another process still holds

    assert open_all() == {EN}


@pytest.mark.django_db
@pytest.mark.usefixtures("lab")
def test_an_old_key_is_kept_as_long_as_backups_and_then_destroyed():
    make_people(1)
    old = [keys.ring().primary(use) for use in (WRAP, INDEX)]
    wrapped = SubjectKey.objects.get().wrapped
    rotation.rotate(now=NOW)

    early = rotation.retire(now=LONG_AFTER - timedelta(seconds=1))
    due = rotation.retire(now=LONG_AFTER)

    assert (early, due) == ([], [key.id for key in old])
    assert open_all() == {EN}
    SubjectKey.objects.update(wrapped=wrapped)  # as an old backup has it
    with pytest.raises(Unreadable):
        open_all()


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [timedelta(0), timedelta(days=-70)])
def test_a_key_that_another_process_may_still_write_by_is_not_destroyed(kept):
    rotation.rotate(now=NOW)

    early = rotation.retire(now=NOW + rotation.STILL_HELD - timedelta(seconds=1), kept=kept)
    due = rotation.retire(now=NOW + rotation.STILL_HELD, kept=kept)

    assert (len(early), len(due)) == (0, 2)


@pytest.mark.django_db
def test_an_old_key_in_use_is_not_destroyed():
    keys.create_subject()
    wrapped = SubjectKey.objects.values("wrapped", "kek_id").get()
    rotation.rotate(now=NOW)
    SubjectKey.objects.update(**wrapped)

    with pytest.raises(RuleBroken, match="key-in-use"):
        rotation.retire(now=LONG_AFTER)

    assert wrapped["kek_id"] in {key.id for key in keys.read_ring().all_of(WRAP)}


@pytest.mark.django_db
def test_a_ring_kept_elsewhere_is_followed():
    keys.create_subject()
    rotated = keys.ring().with_key(new_key(WRAP, now=NOW)).retiring(WRAP, now=NOW)

    with keys.using(TextSource(dumps(rotated))):
        canary.verify_canary()
        done = rotation.rewrap()

    assert done == 1


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_tells_rotates_and_retires():
    keys.create_subject()

    before, rotated, after = say("status"), say("rotate"), say("status")
    with time_machine.travel(timezone.now() + rotation.STILL_HELD):
        retired = say("retire", "--kept-days=0")

    assert before.count("\n") == 1
    assert before.rstrip().endswith("in use  1")
    assert rotated.startswith("1 data keys lie under a new key")
    assert [line.split()[-1] for line in after.splitlines()] == ["0", "1"]
    assert retired.startswith("2 keys destroyed")
    assert say("rewrap").startswith("0 data keys")


@pytest.mark.django_db
def test_the_command_refuses_with_a_sentence():
    with keys.using(TextSource(dumps(keys.ring()))), pytest.raises(CommandError, match="kept"):
        say("rotate")
