"""R4: whatever is sealed, wrapped, chained or kept outside is refused once a bit of it is other."""

import io
import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from safekeeping import archives, chain, envelope, keyring, keys
from safekeeping.envelope import Place, names_of
from safekeeping.errors import KeysUnavailable
from safekeeping.keyring import CHAIN, FileSource
from safekeeping.ledger import Ledger
from safekeeping.models import Event, EventSeal
from tests.conftest import NOW
from tests.drilling import Drill
from tests.drills.tamper import Attack, cuts, flips, longer, splices

VECTORS = json.loads(
    (Path(__file__).parents[1] / "safekeeping" / "vectors.json").read_text(encoding="utf-8")
)
SAID = "A sealed value cannot be read."
RING = keyring.new_ring(now=NOW)
LINES = [["head", str(number), "ab" * 32, NOW.isoformat()] for number in range(1, 6)]


@pytest.fixture
def attack(drill: Drill, request: pytest.FixtureRequest) -> Iterator[Attack]:
    """Counts; at its end says the figure, then asserts that nothing got through."""
    begun = Attack()
    yield begun
    name = request.node.name.removeprefix("test_").replace("_", " ")
    drill.figure("R4", f"{begun.tried:>6,} tried, {len(begun.faults)} accepted: {name}")
    assert begun.tried > 0
    assert begun.faults == []


def place_of(known: dict[str, Any]) -> Place:
    names = names_of(known["table"], known["column"])
    return Place(names, UUID(known["row"]), UUID(known["subject"]))


def test_envelopes_with_every_bit_turned_cut_and_joined(attack: Attack, drill: Drill) -> None:
    for known in VECTORS["envelopes"][: drill.size(short=3, length=50)]:
        place, deks = place_of(known), {known["version"]: bytes.fromhex(known["dek"])}
        sealed = bytes.fromhex(known["envelope"])
        other = envelope.seal(
            bytes.fromhex(known["content"]) + b"x", key=deks[known["version"]],
            version=known["version"], place=place,
        )  # fmt: skip
        tampered = itertools.chain(
            flips(sealed), cuts(sealed), longer(sealed), splices(sealed, other)
        )

        def read(each: bytes, place: Place = place, deks: dict[int, bytes] = deks) -> bytes:
            return envelope.unseal(each, keys=deks, place=place)

        attack.on("envelope", tampered, read, but={sealed, other})
        assert read(sealed).hex() == known["content"]


def test_envelopes_moved_between_tables_columns_rows_subjects_and_versions(
    attack: Attack, drill: Drill
) -> None:
    many = drill.size(short=2, length=4)
    subjects = {uuid4(): {v: envelope.random_bytes(32) for v in (1, 2)} for _ in range(many)}
    rows = [uuid4() for _ in range(many)]
    tables = [f"table_{number}" for number in range(many)]
    cells = [
        (Place(names_of(table, column), row, subject), version)
        for table in tables for column in ("identity", "contact") for row in rows
        for subject in subjects for version in (1, 2)
    ]  # fmt: skip
    sealed = {
        (place, version): envelope.seal(
            b"{}", key=subjects[place.subject][version], version=version, place=place
        )
        for place, version in cells
    }
    for (place, version), (there, other) in itertools.permutations(cells, 2):
        moved = sealed[place, version]
        if place == there:  # only the version differs: it claims to be the other
            moved = moved[:2] + other.to_bytes(4, "big") + moved[6:]
        attack.on("moved", [moved], lambda each, there=there: envelope.unseal(  # type: ignore[misc]
            each, keys=subjects[there.subject], place=there
        ))  # fmt: skip


def test_wrapped_keys_with_every_bit_turned_cut_joined_and_moved(
    attack: Attack, drill: Drill
) -> None:
    known = VECTORS["wrapped"][: drill.size(short=3, length=12)]
    keks = {bytes.fromhex(one["kek_id"]): bytes.fromhex(one["kek"]) for one in known}
    for one, other in itertools.permutations(known, 2):
        wrapped, foreign = bytes.fromhex(one["wrapped"]), bytes.fromhex(other["wrapped"])
        tampered = itertools.chain(
            flips(wrapped), cuts(wrapped), longer(wrapped), splices(wrapped, foreign), [foreign]
        )

        def read(each: bytes, one: dict[str, Any] = one) -> bytes:
            subject, version = UUID(one["subject"]), one["version"]
            return envelope.unwrap(each, keks=keks, subject=subject, version=version)

        attack.on("wrapped key", tampered, read, but={wrapped})
        assert read(wrapped).hex() == one["dek"]


# Events and their seals


def happened(number: int) -> Event:
    return Event(
        pk=100 + number, reference=uuid4(), topic="case.seen", subject_kind="case",
        subject=uuid4(), case_id=7, actor_id=3, agency_id=5, happened_at=NOW, recorded_at=NOW,
        from_state="OPEN", to_state="ASSIGNED", code="late", groups=["contact", "person"],
        override=None, out_of_order=False, digest=b"\x01" * 32,
    )  # fmt: skip


def others(value: Any) -> Iterator[Any]:
    """Other values of a column, near by and far."""
    if isinstance(value, datetime):
        yield from (value + timedelta(microseconds=n) for n in (-1, 1, 1_000_000, 86_400_000_000))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value ^ (1 << bit) for bit in range(31))
    elif isinstance(value, (bytes, memoryview)):
        yield from flips(bytes(value))
        yield from cuts(bytes(value))
    elif isinstance(value, list):
        yield from ([], value[:1], value[::-1], [*value, "health"], ["".join(value)])
    elif isinstance(value, UUID):
        yield from (UUID(bytes=each) for each in flips(value.bytes))
    elif isinstance(value, str):
        yield from (each.decode("latin-1") for each in (*flips(value.encode()), b"", b"x"))
    else:
        yield from ([], ["owner"], 1)


def row_of(model: Any, row: Any, **changes: Any) -> Any:
    fields = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    return model(**{**fields, **changes})


Link = tuple[EventSeal, Event, bytes]  # a seal, its event, the mac before it


def links(many: int) -> list[Link]:
    """A chain of so many events."""
    made: list[Link] = []
    before, key = chain.ROOT, keys.ring().primary(CHAIN)
    for number in range(1, many + 1):
        event = happened(number)
        seal = EventSeal(number=number, event_id=event.pk, key_id=key.id, sealed_at=NOW)
        seal.mac = chain.mac_of(seal, event, before, key.secret)
        made.append((seal, event, before))
        before = seal.mac
    return made


def changed(link: Link) -> Iterator[Link]:
    """A link with each of its columns another, and with another mac before it."""
    seal, event, before = link
    for column in chain.COLUMNS:
        for other in others(getattr(event, column)):
            yield seal, row_of(Event, event, **{column: other}), before
    for column in ("number", "mac", "key_id", "sealed_at"):
        for other in others(getattr(seal, column)):
            yield row_of(EventSeal, seal, **{column: other}), event, before
    for other in flips(before):
        yield seal, event, other


def swapped(made: list[Link]) -> Iterator[Link]:
    """Each seal over each other event, and behind each other mac."""
    for (seal, event, before), (_, strange, elsewhere) in itertools.permutations(made, 2):
        yield seal, strange, before
        yield seal, event, elsewhere


def test_events_and_seals_with_every_column_changed(attack: Attack, drill: Drill) -> None:
    made = links(drill.size(short=2, length=25))

    for link in itertools.chain(*map(changed, made), swapped(made)):
        attack.tried += 1
        if not list(chain._fault(*link)):
            attack.faults.append(f"seal {link[0].number} of {link[1].topic}")
    assert [list(chain._fault(*link)) for link in made] == [[] for _ in made]


# What lies outside the database


def archived(content: bytes) -> bytes:
    target = io.BytesIO()
    facts = {"made": NOW.isoformat(), "server": 18}
    archives.seal(io.BytesIO(content), target, facts=facts, ring=RING)
    return target.getvalue()


def opened(archive: bytes) -> bytes:
    source = io.BytesIO(archive)
    return b"".join(archives.unseal(source, archives.read_head(source), ring=RING))


def test_backups_with_every_bit_turned_cut_and_joined(attack: Attack, drill: Drill) -> None:
    for number in range(drill.size(short=1, length=4)):
        one, other = archived(b"a" * 40 * number), archived(b"b" * 40 * number)
        tampered = itertools.chain(flips(one), cuts(one), longer(one), splices(one, other))
        attack.on("backup", tampered, opened, but={one, other})
        assert opened(one) == b"a" * 40 * number


def test_a_key_ring_with_every_bit_turned_cut_and_joined(attack: Attack) -> None:
    whole = keyring.dumps(RING).encode()
    other = keyring.dumps(keyring.new_ring(now=NOW)).encode()
    tampered = itertools.chain(flips(whole), cuts(whole), splices(whole, other))

    attack.on("ring", tampered, not_the_same, but={whole, other})
    assert keyring.loads(whole) == RING


def not_the_same(text: bytes) -> None:
    """Raises as a refused ring would where it says exactly what it said: a blank more or less."""
    if keyring.loads(text) == RING:
        raise KeysUnavailable


def test_a_damaged_ring_in_its_file_is_one_sentence(tmp_path: Path) -> None:
    source = FileSource(tmp_path / "ring.json")
    source.make(RING)
    source.path.write_bytes(keyring.dumps(RING).encode().replace(b"wrap", b"wr\xe1p", 1))

    with pytest.raises(KeysUnavailable, match="damaged") as refusal:
        source.load()

    assert refusal.value.__cause__ is None


class InMemory:
    """Stands for a ledger's path: what is read is what was put here."""

    name = "lines.log"

    def __init__(self, stored: bytes) -> None:
        self.stored = stored

    def read_bytes(self) -> bytes:
        return self.stored


@pytest.mark.parametrize("kind", ["anchors", "erasures"])
def test_ledgers_with_every_bit_turned_cut_and_moved(
    attack: Attack, drill: Drill, tmp_path: Path, kind: str
) -> None:
    lines = LINES[: drill.size(short=2, length=5)]
    ledger = Ledger(tmp_path / "lines.log", kind)
    ledger.append(*lines)
    stored = ledger.path.read_bytes()

    def read(each: bytes) -> None:
        rows = Ledger(InMemory(each), kind).rows()  # type: ignore[arg-type]
        if rows == lines[: len(rows)] and len(rows) < len(lines):
            raise KeysUnavailable  # a tail cut off: the one thing that this file cannot tell

    moved = itertools.product(stored.splitlines(keepends=True), repeat=len(lines))
    attack.on(kind, itertools.chain(flips(stored), cuts(stored)), read, but={stored})
    attack.on(kind, map(b"".join, moved), read, but={stored})
    assert ledger.rows() == lines


def test_a_line_of_one_ledger_says_nothing_in_another(attack: Attack, tmp_path: Path) -> None:
    anchors, erasures = (Ledger(tmp_path / kind, kind) for kind in ("anchors", "erasures"))
    anchors.append(*LINES[:2])

    def read(each: bytes) -> list[list[str]]:
        erasures.path.write_bytes(each)
        return erasures.rows()

    attack.on("another ledger", [anchors.path.read_bytes()], read)


def test_the_refusal_is_the_same_whatever_was_done() -> None:
    known = VECTORS["envelopes"][0]
    sealed, place = bytes.fromhex(known["envelope"]), place_of(known)
    deks = {known["version"]: bytes.fromhex(known["dek"])}
    tries: list[tuple[bytes, dict[int, bytes], Place]] = [
        (sealed[:-1], deks, place),
        (sealed[:30] + b"\x00" + sealed[31:], deks, place),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), deks, place),
        (sealed, {known["version"]: b"\x00" * 32}, place),
        (sealed, {}, place),
        (sealed, deks, place._replace(row=place.subject)),
    ]

    said = set()
    for each, with_keys, where in tries:
        with pytest.raises(envelope.Unreadable) as refusal:
            envelope.unseal(each, keys=with_keys, place=where)
        said.add((type(refusal.value).__name__, str(refusal.value)))

    assert said == {("Unreadable", SAID)}
