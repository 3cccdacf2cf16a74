from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from safekeeping import chain, keys, rls
from safekeeping.chain import Finding
from safekeeping.errors import KeysUnavailable
from safekeeping.keyring import CHAIN, FileSource, TextSource, dumps, new_key, new_ring
from safekeeping.models import Event, EventSeal
from safekeeping.sweeps import sweep_all
from tests.conftest import NOW, as_owner

pytestmark = pytest.mark.django_db(transaction=True)
KNOWN_MAC = "33e03f08fc74ff8c9882b6b59154449d996526425b35dc5b93878c286dced1cf"
LATER = NOW + timedelta(minutes=10)
TABLES = ("safekeeping_event", "safekeeping_eventseal")


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path) -> Path:
    settings.CHAIN_ANCHORS = {"file": str(tmp_path / "anchors.log"), "mail": ""}
    return tmp_path / "anchors.log"


def happen(count: int = 1, topic: str = "case.seen") -> None:
    with rls.acting(actor=None, now=NOW, system="setup"):
        Event.objects.bulk_create(
            Event(
                reference=uuid4(), topic=topic, subject_kind="case", subject=uuid4(),
                happened_at=NOW, recorded_at=NOW, groups=["contact"], digest=b"\x01" * 32,
            )
            for _ in range(count)
        )  # fmt: skip


def sealed(count: int) -> None:
    happen(count)
    chain.seal_events(NOW)


def tamper(*statements: str) -> None:
    """As somebody who owns the tables and switches their triggers off."""
    with as_owner() as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            owner.execute(statement)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name in owner.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid = ANY(%s::regclass[])",
            [list(TABLES)],
        ).fetchall():
            owner.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')


def event_at(number: int) -> str:
    """SQL for the id of the event under a number."""
    return f"(SELECT event_id FROM safekeeping_eventseal WHERE number = {number})"


def seals() -> list[EventSeal]:
    with rls.acting(actor=None, now=NOW, system="audit"):
        return list(EventSeal.objects.order_by("number"))


def test_events_are_sealed_in_order_once_and_the_chain_is_whole():
    happen(3)

    first, again = chain.seal_events(NOW), chain.seal_events(NOW)
    happen(2)
    more = chain.seal_events(LATER)

    assert (first, again, more) == (3, 0, 2)
    assert [seal.number for seal in seals()] == [1, 2, 3, 4, 5]
    assert chain.verify(LATER) == []


def test_more_than_a_batch_is_sealed_at_once(monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 4)

    sealed(11)

    assert [seal.number for seal in seals()] == list(range(1, 12))
    assert chain.verify(NOW) == []


def test_the_first_seal_is_a_known_answer():
    event = Event(
        pk=7, reference="5c6f3d62-0c4e-4b3e-9d55-0a7b8f0f7a11", topic="case.seen",
        subject_kind="case", subject="0b0f6f0a-8c55-4f0e-8d0c-d6e5f1f0a1b2", happened_at=NOW,
        recorded_at=NOW, groups=["contact"], override=None, case_id=3, actor_id=4, agency_id=5,
        digest=b"\x01\x02",
    )  # fmt: skip
    seal = EventSeal(number=1, event_id=7, key_id="00" * 8, sealed_at=NOW)

    assert chain.canonical(seal, event) == (
        b'["v1",1,"2026-11-24T03:00:00+00:00","0000000000000000",7,'
        b'"5c6f3d62-0c4e-4b3e-9d55-0a7b8f0f7a11","case.seen","case",'
        b'"0b0f6f0a-8c55-4f0e-8d0c-d6e5f1f0a1b2",3,4,5,"2026-11-24T03:00:00+00:00",'
        b'"2026-11-24T03:00:00+00:00","","","",["contact"],null,false,"0102"]'
    )
    assert chain.mac_of(seal, event, chain.ROOT, b"\x07" * 32).hex() == KNOWN_MAC


def test_the_canonical_row_holds_every_column_of_an_event():
    assert set(chain.COLUMNS) == {field.attname for field in Event._meta.concrete_fields}


def test_the_sweep_seals():
    happen(1)

    done = sweep_all(NOW)

    assert done["seal-events"] == 1


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"UPDATE safekeeping_event SET topic = 'case.closed' WHERE id = {event_at(3)}", "changed"),
        (f"UPDATE safekeeping_event SET actor_id = 9 WHERE id = {event_at(3)}", "changed"),
        (f"UPDATE safekeeping_event SET groups = '{{}}' WHERE id = {event_at(3)}", "changed"),
        (
            "UPDATE safekeeping_event SET recorded_at = recorded_at + interval '1 us'"
            f" WHERE id = {event_at(3)}",
            "changed",
        ),
        (f"UPDATE safekeeping_event SET override = '{{}}' WHERE id = {event_at(3)}", "changed"),
        (f"DELETE FROM safekeeping_event WHERE id = {event_at(3)}", "event-gone"),
        ("UPDATE safekeeping_eventseal SET mac = '\\x00' WHERE number = 3", "changed"),
        (
            "UPDATE safekeeping_eventseal SET sealed_at = sealed_at - interval '1 day'"
            " WHERE number = 3",
            "changed",
        ),
        (
            "UPDATE safekeeping_eventseal SET key_id = 'ffffffffffffffff' WHERE number = 3",
            "key-gone",
        ),
    ],
)
def test_an_edit_is_found(statement, found):
    sealed(5)

    tamper(statement)

    assert Finding(found, 3) in chain.verify(NOW)


def test_a_gap_is_found():
    sealed(5)

    tamper(
        f"DELETE FROM safekeeping_event WHERE id = {event_at(3)}",
        "DELETE FROM safekeeping_eventseal WHERE number = 3",
    )

    assert chain.verify(NOW) == [Finding("gap", 4), Finding("changed", 4)]


def test_a_gap_that_was_closed_by_renumbering_is_found():
    sealed(5)

    tamper(
        f"DELETE FROM safekeeping_event WHERE id = {event_at(3)}",
        "DELETE FROM safekeeping_eventseal WHERE number = 3",
        "UPDATE safekeeping_eventseal SET number = 3 WHERE number = 4",
        "UPDATE safekeeping_eventseal SET number = 4 WHERE number = 5",
    )

    assert [finding.kind for finding in chain.verify(NOW)[:2]] == ["changed", "changed"]


def test_a_reorder_is_found():
    sealed(5)

    tamper(
        "UPDATE safekeeping_eventseal SET event_id = -event_id WHERE number IN (2, 4)",
        "UPDATE safekeeping_eventseal s SET event_id = -o.event_id FROM safekeeping_eventseal o"
        " WHERE (s.number, o.number) IN ((2, 4), (4, 2))",
    )

    kinds = chain.verify(NOW)
    assert Finding("changed", 2) in kinds
    assert Finding("changed", 4) in kinds


def test_a_rollback_is_found_by_what_lies_outside():
    sealed(3)
    happen(2)
    chain.seal_events(NOW + timedelta(hours=1))

    tamper(
        "DELETE FROM safekeeping_event WHERE id >= " + event_at(4),
        "DELETE FROM safekeeping_eventseal WHERE number >= 4",
    )

    assert chain.verify(LATER) == [Finding("rolled-back", 5)]


def test_a_rollback_over_which_life_went_on_is_found():
    sealed(3)
    tamper("DELETE FROM safekeeping_event", "DELETE FROM safekeeping_eventseal")

    happen(4)
    chain.seal_events(LATER)

    assert Finding("other-past", 3) in chain.verify(LATER)


def test_an_emptied_database_is_found():
    sealed(3)

    tamper("DELETE FROM safekeeping_event", "DELETE FROM safekeeping_eventseal")

    assert chain.verify(LATER) == [Finding("rolled-back", 3)]


def test_an_event_that_stays_unsealed_is_found():
    sealed(1)
    happen(1)

    assert chain.verify(NOW) == []
    assert [finding.kind for finding in chain.verify(LATER)] == ["unsealed"]


def test_an_event_that_commits_far_behind_is_sealed_within_the_hour(monkeypatch):
    monkeypatch.setattr(chain, "LATE_IDS", 2)
    sealed(9)
    with as_owner() as owner:
        owner.execute(
            "INSERT INTO safekeeping_event OVERRIDING SYSTEM VALUE SELECT -1, gen_random_uuid(),"
            " topic, subject_kind, subject, case_id, actor_id, agency_id, happened_at, recorded_at,"
            " from_state, to_state, code, groups, override, out_of_order, digest"
            " FROM safekeeping_event LIMIT 1"
        )

    soon = chain.seal_events(NOW)
    within_the_hour = chain.seal_events(NOW + timedelta(hours=1))

    assert (soon, within_the_hour) == (0, 1)
    assert chain.verify(LATER) == []


def test_the_chain_goes_on_under_a_new_key(tmp_path):
    source = FileSource(tmp_path / "ring.json")
    source.make(new_ring(now=NOW))

    with keys.using(source):
        sealed(2)
        with source.change() as change:
            change.ring = change.ring.with_key(new_key(CHAIN, now=NOW)).retiring(CHAIN, now=NOW)
        keys.read_ring()
        sealed(2)
        found = chain.verify(NOW)

    assert found == []
    assert len({seal.key_id for seal in seals()}) == 2


def test_without_the_key_nothing_is_sealed_and_nothing_verified(tmp_path):
    happen(1)

    with keys.using(FileSource(tmp_path / "none")), pytest.raises(KeysUnavailable):
        chain.seal_events(NOW)

    assert seals() == []


def test_a_chain_made_under_another_key_is_not_ours():
    with keys.using(TextSource(dumps(new_ring(now=NOW)))):
        sealed(2)

    with pytest.raises(KeysUnavailable, match="lacks the chain key"):
        chain.verify(NOW)


def test_two_sealers_at_once_make_one_chain():
    from tests.safekeeping.test_rotation import writers

    with writers(lambda: chain.seal_events(NOW)) as faults:
        [happen(3) for _ in range(15)]
    chain.seal_events(NOW)

    assert faults == []
    assert [seal.number for seal in seals()] == list(range(1, 46))
    assert chain.verify(NOW) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET key_id = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_neither_app_nor_owner_changes_what_only_grows(table, statement):
    sealed(1)
    text = statement.format(table).replace("key_id", "key_id" if "seal" in table else "topic")

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        rls.acting(actor=None, now=NOW, system="seal"),
        connection.cursor() as cursor,
    ):
        cursor.execute(text)
    assert is_refused_to_owner(text)


def is_refused_to_owner(text: str) -> bool:
    with as_owner() as owner:
        try:
            owner.execute(text)
        except Exception as refusal:
            owner.rollback()
            return type(refusal).__name__ in {"RaiseException", "InsufficientPrivilege"}
    return False


def test_a_case_worker_sees_no_seal():
    sealed(1)

    with rls.acting(actor=rls.Ids(1, 1), now=NOW):
        assert EventSeal.objects.count() == 0


def say(what: str) -> str:
    out = StringIO()
    call_command("chain", what, stdout=out)
    return out.getvalue()


def test_the_command_says_whole_or_broken():
    empty_anchor = say("anchor")
    sealed(3)
    whole = say("verify")
    tamper(f"UPDATE safekeeping_event SET code = 'x' WHERE id = {event_at(2)}")

    with pytest.raises(CommandError, match="broken: 1 finding"):
        say("verify")

    assert empty_anchor == "No event is sealed yet.\n"
    assert whole == "The chain of events is whole.\n"
    assert say("anchor").startswith("3 ")
