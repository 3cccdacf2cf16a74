import pickle
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from safekeeping import keys, sealed
from safekeeping.envelope import Place, names_of
from safekeeping.errors import KeysUnavailable, NotOpened, Unreadable
from safekeeping.keyring import CommandSource
from safekeeping.models import SubjectKey
from tests.safekeeping import reader
from tests.safekeeping.lab import EN, Identity, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lab")]


def made(**values: object) -> Person:
    """A person in the database, as loaded by somebody else."""
    subject = values.pop("key_subject", None) or keys.create_subject()
    person = Person.objects.create(key_subject=subject, **{"identity": EN, **values})
    return Person.objects.get(pk=person.pk)


def stored(person: Person, column: str = "identity") -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM lab_person WHERE id = %s", [person.pk])
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def put(person: Person, value: bytes, column: str = "identity") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE lab_person SET {column} = %s WHERE id = %s", [value, person.pk])


def opened(person: Person, name: str = "identity") -> object:
    again = Person.objects.get(pk=person.pk)
    sealed.open_fields([again], [name])
    return getattr(again, name)


def test_a_loaded_value_is_not_opened_by_reading_it():
    person = made()

    with pytest.raises(NotOpened) as refusal:
        _ = person.identity

    assert str(refusal.value) == "Person.identity"
    assert not sealed.is_opened(person, "identity")


def test_an_empty_column_too_is_read_only_once_opened():
    person = made(identity=None)

    with pytest.raises(NotOpened):
        _ = person.identity
    sealed.open_fields([person], ["identity"])

    assert person.identity is None
    assert sealed.is_empty(person, "identity")


def test_an_opened_value_is_what_was_assigned():
    person = made()

    sealed.open_fields([person], ["identity", "contact"])

    assert person.identity == EN
    assert person.contact is None
    assert sealed.is_opened(person, "contact")


def test_the_second_reader_opens_what_the_field_stored():
    person = made()
    dek = keys.deks_for([person.key_subject])[person.key_subject][1]

    _, content = reader.read_envelope(
        stored(person),
        dek=dek,
        table="lab_person",
        column="identity",
        row=str(person.reference),
        subject=str(person.key_subject),
    )

    assert "Nguyễn Thị Én".encode() in content


def test_an_assigned_value_is_readable_before_and_after_saving():
    person = Person(key_subject=keys.create_subject(), identity=EN)

    assert person.identity is EN
    person.save()
    assert person.identity is EN
    assert EN.name.encode() not in stored(person)


def test_an_untouched_value_goes_back_byte_for_byte():
    person = made()
    before = stored(person)

    person.code = "b"
    person.full_clean()
    person.save()
    person.refresh_from_db()
    person.save()

    assert stored(person) == before


def test_an_opened_untouched_value_goes_back_byte_for_byte():
    person = made()
    before = stored(person)
    sealed.open_fields([person], ["identity"])

    person.save()

    assert stored(person) == before


def test_an_assigned_value_replaces_the_old_and_none_empties():
    person = made(contact=EN)

    person.identity, person.contact = Identity("Lan"), None
    person.save(update_fields=["identity", "contact"])

    assert opened(person) == Identity("Lan")
    assert stored(person, "contact") is None


def test_a_deferred_value_opens():
    person = made()
    deferred = Person.objects.only("code", "key_subject", "reference").get(pk=person.pk)

    sealed.open_fields([deferred], ["identity"])

    assert deferred.identity == EN


def test_deferred_values_of_many_records_open_with_two_queries():
    made(), made(), made()
    people = list(Person.objects.defer("identity", "contact"))
    keys._kept().clear()

    with CaptureQueriesContext(connection) as queries:
        sealed.open_fields(people, ["identity"])

    assert len(queries) == 2
    assert {person.identity for person in people} == {EN}


def test_a_deferred_value_is_not_written():
    person = made()
    before = stored(person)

    Person.objects.defer("identity").get(pk=person.pk).save()

    assert stored(person) == before


@pytest.mark.parametrize("wrong", ["Én", b"x", {"name": "Én"}, 1])
def test_only_the_group_can_be_assigned(wrong):
    with pytest.raises(TypeError) as refusal:
        Person(key_subject=uuid4(), identity=wrong)

    assert "Én" not in str(refusal.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Person.objects.filter(identity=EN),
        lambda: Person.objects.filter(identity__isnull=True),
        lambda: Person.objects.filter(identity_sealed=b"x"),
        lambda: Person.objects.exclude(Q(code="a") | Q(identity__startswith=b"x")),
        lambda: Person.objects.order_by("identity"),
        lambda: Person.objects.order_by("-identity_sealed"),
        lambda: Person.objects.values("identity"),
        lambda: Person.objects.values_list("identity_sealed", flat=True),
        lambda: Person.objects.annotate(x=F("identity")),
        lambda: Person.objects.aggregate(x=models.Count("identity")),
        lambda: Person.objects.distinct("identity").count(),
        lambda: Person.objects.update(identity=EN),
        lambda: Person.objects.update(identity=None),
    ],
)
def test_no_query_names_a_sealed_column(ask):
    with pytest.raises(FieldError):
        ask()


def test_the_refusal_says_why():
    with pytest.raises(FieldError, match="identity is sealed: nothing can filter"):
        Person.objects.filter(identity=EN)


def test_nothing_shows_or_pickles_a_value():
    person = made()
    sealed.open_fields([person], ["identity"])

    shown = f"{person!r} {vars(person)!r} {person.identity!r}"
    with pytest.raises(TypeError):
        pickle.dumps(person)

    assert "Nguyễn" not in shown


def test_many_records_open_with_one_query():
    people = [made() for _ in range(20)]
    keys._kept().clear()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        sealed.open_fields(people, ["identity", "contact"])

    assert len(queries) == 1
    assert {person.identity for person in people} == {EN}


def test_keys_of_a_page_load_in_one_query_for_later_openings():
    people = [made() for _ in range(5)]
    keys._kept().clear()
    sealed.load_keys(people)

    with CaptureQueriesContext(connection) as queries:
        sealed.open_fields(people[:1], ["identity"])
        sealed.open_fields(people[1:], ["identity"])

    assert len(queries) == 0


def test_a_new_subject_costs_one_statement_and_its_values_none_more():
    with CaptureQueriesContext(connection) as queries:
        Person.objects.create(key_subject=keys.create_subject(), identity=EN, contact=EN)

    assert [query["sql"].split()[0] for query in queries] == ["INSERT", "INSERT"]


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"", lambda b: b"\x02" + b[1:]])
def test_a_damaged_value_is_unreadable(damage):
    person = made()
    put(person, damage(stored(person)))

    with pytest.raises(Unreadable):
        opened(person)


def test_a_value_swapped_with_another_persons_is_unreadable():
    one, other = made(), made()
    put(one, stored(other))

    with pytest.raises(Unreadable):
        opened(one)


def test_a_value_swapped_with_another_column_of_the_row_is_unreadable():
    person = made(contact=EN)
    put(person, stored(person, "contact"))

    with pytest.raises(Unreadable):
        opened(person)


def test_a_value_given_to_another_row_of_the_same_subject_is_unreadable():
    one = made()
    other = made(key_subject=one.key_subject, identity=Identity("Lan"))
    put(one, stored(other))

    with pytest.raises(Unreadable):
        opened(one)


def test_without_its_key_a_value_is_neither_read_nor_replaced():
    person = made()
    SubjectKey.objects.filter(subject=person.key_subject).delete()
    keys.forget(person.key_subject)

    with pytest.raises(Unreadable):
        opened(person)
    person.identity = Identity("Lan")
    with pytest.raises(Unreadable):
        person.save()


def test_an_older_key_still_reads_and_the_newest_writes():
    person = made()
    kek = keys.ring().primary("wrap")
    SubjectKey.objects.create(
        subject=person.key_subject,
        version=2,
        kek_id=kek.id,
        wrapped=keys.wrapped_under(kek, b"\x05" * 32, person.key_subject, 2),
    )
    keys.forget(person.key_subject)

    person.contact = Identity("Lan")
    person.save()

    assert opened(person) == EN
    assert opened(person, "contact") == Identity("Lan")
    assert stored(person, "contact")[2:6] == b"\x00\x00\x00\x02"


def test_in_a_crowd_one_damaged_row_hides_no_other():
    people = [made() for _ in range(3)]
    put(people[1], stored(people[1])[:-1])
    crowd = list(Person.objects.order_by("pk"))

    readable = sealed.open_readable(crowd, ["identity"])

    assert [person.pk for person in readable] == [people[0].pk, people[2].pk]
    assert {person.identity for person in readable} == {EN}


def test_in_a_crowd_one_damaged_key_hides_no_other():
    people = [made() for _ in range(3)]
    SubjectKey.objects.filter(subject=people[1].key_subject).update(wrapped=b"\x00" * 70)
    keys._kept().clear()

    with pytest.raises(Unreadable):
        sealed.open_fields(Person.objects.all(), ["identity"])
    keys._kept().clear()
    readable = sealed.open_readable(Person.objects.order_by("pk"), ["identity"])

    assert [person.pk for person in readable] == [people[0].pk, people[2].pk]


def test_an_envelope_that_a_correction_kept_opens_where_it_was():
    person = made()
    kept = stored(person)
    person.identity = Identity("Lan")
    person.save()

    assert sealed.open_kept(person, "identity", kept) == EN
    with pytest.raises(Unreadable):
        sealed.open_kept(person, "contact", kept)


def test_with_the_key_service_off_rows_load_and_sealed_values_do_not():
    person = made()
    keys._kept().clear()

    with keys.using(CommandSource(("/nowhere/keys",))):
        again = Person.objects.get(pk=person.pk)
        with pytest.raises(KeysUnavailable):
            sealed.open_fields([again], ["identity"])

    assert again.code == "a"


def test_a_row_saved_without_keys_gets_its_key_later():
    person = made(key_subject=uuid4(), identity=None)

    keys.create_subject(person.key_subject)
    person.identity = EN
    person.save()

    assert opened(person) == EN


def test_a_place_is_table_column_row_and_subject():
    person = made()

    place = Person._meta.get_field("identity").place_of(person)

    names = names_of("lab_person", "identity")
    assert place == Place(names, person.reference, person.key_subject)


def test_keys_live_no_longer_than_their_savepoint():
    with transaction.atomic():
        subject = keys.create_subject()
        kept_inside = subject in keys._kept()
        transaction.set_rollback(True)

    assert kept_inside
    assert subject not in keys._kept()


def test_names_of_sealed_fields():
    assert sealed.sealed_names(Person) == ["identity", "contact"]
