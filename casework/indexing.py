"""The blind indexes of one survivor, made anew whenever identity or contact changes."""

from collections.abc import Iterable

from django.db.models import Q

from casework.groups import Contact, Identity
from casework.models import Case, SurvivorIndex
from safekeeping import blind

SHORT = 5  # 111, 113: a short code finds nobody


def reindex(
    case: Case, *, identity: Identity | None, contact: Contact | None, birth_year: int | None
) -> None:
    """Write the indexes of a case in hand; raises KeysUnavailable.

    A case without any, as almost every new report, costs no statement.
    """
    wanted = entries(identity, contact, birth_year)
    SurvivorIndex.objects.bulk_create(
        SurvivorIndex(case=case, kind=kind, value=value, key_id=blind.writing_key())
        for kind, value in sorted(wanted)
    )


def replace(
    case: Case, *, identity: Identity | None, contact: Contact | None, birth_year: int | None
) -> None:
    """The same after a change: what was found by the old values is found no more."""
    SurvivorIndex.objects.filter(case=case).delete()
    reindex(case, identity=identity, contact=contact, birth_year=birth_year)


def entries(
    identity: Identity | None, contact: Contact | None, birth_year: int | None
) -> set[tuple[str, int]]:
    """(kind, value) of everything that she may be found by."""
    texts = texts_of(identity, contact, birth_year)
    return {(kind, blind.index(kind, text)) for kind, text in texts}


def texts_of(
    identity: Identity | None, contact: Contact | None, birth_year: int | None
) -> list[tuple[str, str]]:
    """(kind, normalised text) of everything that she may be found by; empty ones left out."""
    texts = [("phone", number) for number in phones(contact)]
    if identity is not None:
        year = identity.born_on.year if identity.born_on else birth_year
        texts += [
            ("name", blind.normal_name(identity.full_name)),
            ("id_number", blind.normal_id(identity.id_number)),
            ("given_year", blind.normal_given_year(identity.full_name, year)),
        ]
    return [(kind, text) for kind, text in texts if text]


def bearing(texts: Iterable[tuple[str, str]]) -> Q:
    """Rows that share an index with one of these texts, by whichever key they were made."""
    found = Q(pk__in=[])
    for kind, text in texts:
        for key_id, value in blind.indexes(kind, text).items():
            found |= Q(kind=kind, key_id=key_id, value=value)
    return found


def phones(contact: Contact | None) -> list[str]:
    """Her numbers in one spelling."""
    numbers = contact.numbers if contact else ()
    plain = (blind.normal_phone(number.number) for number in numbers)
    return [number for number in plain if len(number) > SHORT]
