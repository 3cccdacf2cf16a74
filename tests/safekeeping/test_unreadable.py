"""What is said where a sealed value cannot be read: the same to everybody, and no detail."""

import json
import logging

import pytest

from safekeeping.errors import Unreadable
from tests.safekeeping.test_sealed import made, opened, put, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lab")]


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:60] + b"x" + b[61:]])
def test_whoever_runs_the_house_hears_of_it_in_the_same_words(damage, capsys):
    person = made()
    put(person, damage(stored(person)))

    with pytest.raises(Unreadable):
        opened(person)

    said = json.loads(capsys.readouterr().out)
    assert (said.pop("event"), said.pop("level")) == ("sealed.unreadable", "error")
    assert said.keys() == {"timestamp"}


def test_an_unreadable_value_leaves_no_detail_in_the_log(caplog):
    person = made()
    put(person, stored(person)[:-1])

    with caplog.at_level(logging.DEBUG), pytest.raises(Unreadable) as refusal:
        opened(person)

    assert str(refusal.value) == "A sealed value cannot be read."
    assert str(person.key_subject) not in caplog.text
