"""A sealed group as a model's field: one encrypted column that opens only when asked.

    identity = SealedField(Identity)

`record.identity` gives the group once it was assigned or opened (`open_fields`), and raises
NotOpened before. Saving seals what was assigned since the load and sends everything else back
byte for byte. The bytes themselves lie in `record.identity_sealed` as a `Sealed`; nothing
filters, sorts or selects them by name.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import UUID

import structlog
from django.core.exceptions import FieldError
from django.db import models
from django.utils.module_loading import import_string

from safekeeping import envelope, groups, keys
from safekeeping.envelope import Place
from safekeeping.errors import KeysUnavailable, NotOpened, Unreadable
from safekeeping.groups import group

log = structlog.get_logger(__name__)
UNREADABLE = "sealed.unreadable"

__all__ = [
    "SealedField", "digest_of_fresh", "group", "is_empty", "is_opened", "load_keys", "open_fields",
    "open_kept", "open_readable", "sealed_names",
]  # fmt: skip

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class Sealable(Protocol):
    """What a row must tell: which it is, and whose key seals it (`records.Record` does)."""

    reference: UUID

    @property
    def key_subject(self) -> UUID: ...


class Sealed:
    """One column's bytes, and the value once it is known here. Shows and pickles nothing."""

    __slots__ = ("changed", "fresh", "known", "stored", "value")

    def __init__(self, stored: bytes | None = None) -> None:
        self.stored = stored
        self.value: Any = None
        self.known = False  # opened, or assigned here
        self.changed = False  # assigned and not sealed yet
        self.fresh = False  # sealed here, and no event has told of it yet

    @classmethod
    def of(cls, value: Any) -> "Sealed":
        """A value assigned here, not sealed yet."""
        box = cls()
        box.value, box.known, box.changed = value, True, True
        return box

    def __repr__(self) -> str:
        return "<Sealed>"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("A sealed value may not be pickled.")

    def __copy__(self) -> "Sealed":
        box = Sealed(self.stored)
        box.value, box.known, box.changed = self.value, self.known, self.changed
        box.fresh = self.fresh
        return box

    def __deepcopy__(self, memo: object) -> "Sealed":
        return self.__copy__()


class _Group:
    """`record.identity`: the value if it was assigned or opened, else NotOpened."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, record: models.Model | None, owner: type[models.Model]) -> Any:
        if record is None:
            return self
        box = self.field.box_of(record)
        if not box.known:
            raise NotOpened(f"{owner.__name__}.{self.field.name}")
        return box.value

    def __set__(self, record: models.Model, value: Any) -> None:
        if value is not None and not isinstance(value, self.field.group):
            expected = self.field.group.__name__
            raise TypeError(f"{self.field.name} takes a {expected}, not a {type(value).__name__}")
        box, before = Sealed.of(value), record.__dict__.get(self.field.attname)
        box.stored = before.stored if before else None  # what it takes the place of
        setattr(record, self.field.attname, box)


class SealedField(_Field):
    """A `bytea` column that holds one group, sealed under the key of `record.key_subject`."""

    description = "A sealed group"

    def __init__(self, group: type[Any] | str, **options: Any) -> None:
        self._group = group
        super().__init__(**{"null": True, "blank": True, "editable": False, **options})

    @property
    def group(self) -> type[Any]:
        """The group's class; old migrations name classes that are gone and never ask."""
        if isinstance(self._group, str):
            found: type[Any] = import_string(self._group)
            return found
        return self._group

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        dotted = self._group
        if not isinstance(dotted, str):
            dotted = f"{dotted.__module__}.{dotted.__qualname__}"
        for ours in ("null", "blank", "editable"):
            options.pop(ours, None)
        return name, "safekeeping.sealed.SealedField", [dotted, *args], options

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_attname(self) -> str:
        return f"{self.name}_sealed"

    def get_attname_column(self) -> tuple[str, str]:
        return self.get_attname(), self.db_column or self.name

    def contribute_to_class(
        self, cls: type[models.Model], name: str, *args: Any, **kw: Any
    ) -> None:
        super().contribute_to_class(cls, name, *args, **kw)
        setattr(cls, self.name, _Group(self))

    # Loading and saving

    def get_default(self) -> Sealed:
        return Sealed.of(None)

    def from_db_value(self, stored: bytes | None, expression: object, connection: object) -> Sealed:
        return Sealed(stored)

    def box_of(self, record: models.Model) -> Sealed:
        """The row's `Sealed`, loaded now if it was deferred."""
        box: Sealed = getattr(record, self.attname)
        return box

    def pre_save(self, record: models.Model, add: bool) -> Sealed:
        box = self.box_of(record)
        if box.changed:
            before, box.stored = box.stored, self._sealed(record, box.value)
            box.changed = False
            box.fresh = before is not None or box.stored is not None
        return box

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Bytes for the database; only what `pre_save` sealed, never a value."""
        if not isinstance(value, Sealed) or value.changed:
            raise FieldError(f"{self.name} is sealed: assign it to a record and save that.")
        return None if value.stored is None else connection.Database.Binary(value.stored)

    def _sealed(self, record: Any, value: Any) -> bytes | None:
        if value is None:
            return None
        place = self.place_of(record)
        deks = keys.deks_for([place.subject]).get(place.subject)
        if not deks:
            raise Unreadable
        version = max(deks)
        content = groups.to_json(value)
        return envelope.seal(content, key=deks[version], version=version, place=place)

    def place_of(self, record: Sealable) -> Place:
        """What binds a value to its column, row and subject."""
        return Place(self._names, record.reference, record.key_subject)

    @cached_property
    def _names(self) -> bytes:
        return envelope.names_of(self.model._meta.db_table, str(self.column))

    # Refusals

    @property
    def path_infos(self) -> Any:
        # Django asks this of every name in filter, order_by, values, F and the like, and of no
        # plain loading.
        raise FieldError(f"{self.name} is sealed: nothing can filter, sort or select by it.")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed: it cannot be serialised.")


# Opening


def open_fields(records: Iterable[Any], names: Collection[str]) -> None:
    """Open these sealed fields of these records in place; one query for all keys.

    Raises Unreadable if one cannot be read; nothing but `casework.access.open_groups` and its
    like in other apps may call it, after asking who is looking.
    """
    found = list(records)
    closed = [one for model in {type(r) for r in found} for one in _closed(model, found, names)]
    try:
        deks = keys.deks_for({one.subject for one in closed})
        for one in closed:
            _open(one, deks.get(one.subject, {}))
    except Unreadable:
        log.error(UNREADABLE)  # for whoever runs the house: the same words whatever it was
        raise


class _Closed(NamedTuple):
    """What of one row is shut, and where it belongs."""

    row: UUID
    subject: UUID
    shut: list[tuple["SealedField", Sealed]]


def _closed(
    model: type[models.Model], records: list[Any], names: Collection[str]
) -> Iterator[_Closed]:
    """Each row of which one of these fields is shut; an empty column is open at once."""
    mine: list[Any] = [record for record in records if type(record) is model]
    fields = [_field(model, name) for name in names]
    for field in fields:
        _fetch(field, {r.pk: r for r in mine if field.attname not in r.__dict__})
    for record in mine:
        shut = []
        for field in fields:
            box = field.box_of(record)
            if box.known:
                continue
            if box.stored is None:
                box.known = True
            else:
                shut.append((field, box))
        if shut:  # asked once for all of its fields: the subject may lie a relation away
            yield _Closed(record.reference, record.key_subject, shut)


def _open(one: _Closed, deks: keys.Deks) -> None:
    for field, box in one.shut:
        place = Place(field._names, one.row, one.subject)
        box.value, box.known = _opened(field, box.stored, deks, place), True


def _fetch(field: SealedField, records: dict[Any, Any]) -> None:
    """A column that a list had deferred, for all its rows in one query."""
    if records:
        for row in field.model._base_manager.filter(pk__in=records).only("pk", field.name):
            setattr(records[row.pk], field.attname, getattr(row, field.attname))


def _opened(field: SealedField, stored: Any, deks: keys.Deks, place: Place) -> Any:
    content = envelope.unseal(bytes(stored), keys=deks, place=place)
    return groups.from_json(field.group, content)


def open_readable(records: Iterable[Any], names: Collection[str]) -> list[Any]:
    """Open like `open_fields`, but leave out records that cannot be read; returns the others.

    For comparing a crowd: one damaged row must not hide all the rest. Raises KeysUnavailable.
    """
    found = list(records)
    try:
        open_fields(found, names)
    except KeysUnavailable:
        raise
    except Unreadable:
        return [record for record in found if _opens(record, names)]
    return found


def _opens(record: Any, names: Collection[str]) -> bool:
    try:
        open_fields([record], names)
    except Unreadable:
        return False
    return True


def open_kept(record: Any, name: str, stored: bytes) -> Any:
    """An older envelope of this very field, as corrections keep it. Raises Unreadable."""
    field = _field(type(record), name)
    place = field.place_of(record)
    deks = keys.deks_for([place.subject]).get(place.subject, {})
    return _opened(field, stored, deks, place)


def load_keys(records: Iterable[Any]) -> None:
    """Fetch the data keys of a page of records in one query, for openings one by one."""
    keys.deks_for({record.key_subject for record in records})


def digest_of_fresh(record: models.Model) -> bytes | None:
    """SHA-256 over what was sealed in this row since an event told of it; None if nothing was.

    Of each such column, in the model's order: its name and its envelope, each with its length. It
    says nothing of the words, and shows later whether an envelope is still the one of that event.
    """
    told = hashlib.sha256()
    fresh = [(column, box) for column, box in _boxes(record) if box.fresh]
    for column, box in fresh:
        for part in (column.encode(), bytes(box.stored or b"")):
            told.update(len(part).to_bytes(4, "big") + part)
        box.fresh = False
    return told.digest() if fresh else None


def _boxes(record: models.Model) -> Iterator[tuple[str, Sealed]]:
    """Column and box of every sealed field that is loaded."""
    for field in record._meta.concrete_fields:
        if isinstance(field, SealedField) and field.attname in record.__dict__:
            yield str(field.column), record.__dict__[field.attname]


def is_opened(record: models.Model, name: str) -> bool:
    """Whether reading the field would give its value rather than NotOpened."""
    return _field(type(record), name).box_of(record).known


def is_empty(record: models.Model, name: str) -> bool:
    """Whether the column holds nothing; needs no key."""
    box = _field(type(record), name).box_of(record)
    return (box.value if box.changed else box.stored) is None


def sealed_names(model: type[models.Model]) -> list[str]:
    """Names of a model's sealed fields; lists defer them."""
    return [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def _field(model: type[models.Model], name: str) -> SealedField:
    field = model._meta.get_field(name)
    if not isinstance(field, SealedField):
        raise FieldError(f"{name} is not sealed")
    return field
