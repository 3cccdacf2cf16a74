"""What an event tells of a change: the digest of the envelopes that were written, and no word."""

from hashlib import sha256

import pytest

from safekeeping import keys, sealed
from tests.safekeeping.lab import EN, Identity, Person
from tests.safekeeping.test_sealed import made, opened, put, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lab")]


def digest(**columns: bytes) -> bytes:
    """SHA-256 of names and envelopes, each with its length: written down once more by hand."""
    parts = [part for name, value in columns.items() for part in (name.encode(), value)]
    return sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def test_digest_is_of_the_envelopes_that_lie_in_the_database():
    person = Person(key_subject=keys.create_subject(), identity=EN, contact=EN)
    person.save()

    told = sealed.digest_of_fresh(person)

    assert told == digest(identity=stored(person), contact=stored(person, "contact"))


def test_digest_is_told_once_and_of_what_was_changed_alone():
    person = made(contact=EN)
    before = sealed.digest_of_fresh(person)

    person.contact = Identity("Én")
    person.save()

    assert before is None
    assert sealed.digest_of_fresh(person) == digest(contact=stored(person, "contact"))
    assert sealed.digest_of_fresh(person) is None


def test_digest_tells_that_a_value_was_taken_away():
    person = made()

    person.identity = None
    person.save()

    assert sealed.digest_of_fresh(person) == digest(identity=b"")


def test_an_older_envelope_put_back_is_not_the_one_that_was_told():
    person = made()
    older = stored(person)
    person.identity = Identity("Én")
    person.save()
    told = sealed.digest_of_fresh(person)

    put(person, older)

    assert opened(person) == EN  # nothing about the envelope itself is wrong
    assert told != digest(identity=stored(person))
