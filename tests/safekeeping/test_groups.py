import copy
import pickle
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safekeeping import groups
from safekeeping.errors import Unreadable
from safekeeping.groups import from_json, group, to_json


@dataclass(frozen=True)
class Paper:
    kind: str = ""
    until: date | None = None


@group("test_person")
class Person:
    name: str
    age: int = 0
    asked: bool | None = None
    born: date | None = None
    seen: datetime | None = None
    source: UUID | None = None
    words: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    first: Paper = Paper("none")


PERSON = Person(
    name="Nguyễn Thị Én",
    age=31,
    asked=False,
    born=date(1990, 2, 28),
    seen=datetime(2026, 1, 1, 2, 3, tzinfo=UTC),
    source=uuid4(),
    words=("a", "b\x00c", "Đ"),
    papers=(Paper("id", date(2030, 1, 1)), Paper()),
)
texts = st.text(st.characters(codec=None))
people = st.builds(
    Person,
    name=texts,
    age=st.integers(),
    asked=st.none() | st.booleans(),
    born=st.none() | st.dates(),
    seen=st.none() | st.datetimes(timezones=st.just(UTC)),
    source=st.none() | st.uuids(),
    words=st.lists(texts).map(tuple),
    papers=st.lists(st.builds(Paper, kind=texts, until=st.none() | st.dates())).map(tuple),
)


def test_a_group_comes_back_as_it_was():
    assert from_json(Person, to_json(PERSON)) == PERSON


@given(people)
def test_any_group_comes_back_as_it_was(person):
    assert from_json(Person, to_json(person)) == person


def test_a_field_that_newer_software_wrote_is_left_out():
    assert from_json(Person, b'{"name":"x","unknown":{"a":1}}') == Person("x")


def test_a_field_that_older_software_did_not_know_takes_its_default():
    assert from_json(Person, b"{}") == Person("")


@pytest.mark.parametrize(
    "damaged", [b"", b"[]", b"1", b"{", b"\xff", b'{"papers":[1]}', b'{"born":"31/02"}']
)
def test_what_does_not_fit_is_unreadable(damaged):
    with pytest.raises(Unreadable) as refusal:
        from_json(Person, damaged)

    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"born": "31/02/1990"},
        {"born": "1990-02-28"},
        {"words": ["a"]},
        {"papers": ({"kind": "x"},)},
        {"age": 1.5},
        {"words": ("a", b"b")},
    ],
)
def test_what_would_not_read_back_is_refused_without_naming_it(wrong):
    with pytest.raises(TypeError) as refusal:
        to_json(replace(PERSON, **wrong))

    assert "31/02" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_nothing_shows_a_value():
    shown = f"{PERSON} {PERSON!r} {[PERSON]} {PERSON.papers} {PERSON.first!r}"

    assert "Nguyễn" not in shown
    assert "none" not in shown
    assert "sealed" in shown


@pytest.mark.parametrize("value", [PERSON, PERSON.papers[0]])
def test_a_value_cannot_be_pickled_but_copied(value):
    with pytest.raises(TypeError):
        pickle.dumps(value)

    assert copy.deepcopy(value) is value


def test_a_value_cannot_be_changed():
    with pytest.raises(AttributeError):
        PERSON.name = "x"


def test_two_groups_of_one_name_are_refused():
    with pytest.raises(ValueError, match="test_person"):
        group("test_person")(Paper)


def test_a_group_knows_its_name():
    assert groups.name_of(Person) == "test_person"
