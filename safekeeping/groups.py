"""Sealed groups as typed values: which exist, and how one becomes JSON and back.

    @group("identity")
    class Identity:
        name: str = ""
        papers: tuple[Paper, ...] = ()

`group` makes the class a frozen dataclass and registers it. Fields may be str, int, bool, date,
datetime, UUID, tuples of these, further frozen dataclasses, and any of them or None. What is
stored may be older or newer than the class: a missing field takes its default, an unknown one
is left out.
"""

import dataclasses
import json
import json.scanner
import types
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints
from uuid import UUID

from safekeeping.errors import Unreadable

T = TypeVar("T")
Decode = Callable[[Any], Any]

# What we wrote begins and ends with the value: no search for spaces around it.
_scan: Any = json.scanner.make_scanner(json.JSONDecoder())  # type: ignore[arg-type]

GROUPS: dict[str, type[Any]] = {}

PLAIN: dict[type, Decode] = {str: str, int: int, bool: bool}
AS_TEXT: dict[type, Decode] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    UUID: UUID,
}
EMPTY: dict[type, Any] = {str: "", int: 0, bool: False}


@dataclass_transform(frozen_default=True)
def group(name: str) -> Callable[[type[T]], type[T]]:
    """Register a class as the sealed group `name`, the unit of secrecy and of consent."""

    def register(cls: type[T]) -> type[T]:
        sealed = cls if "__dataclass_fields__" in cls.__dict__ else _frozen(cls)
        if name in GROUPS and _path(GROUPS[name]) != _path(sealed):
            raise ValueError(f"Two groups are called {name}")
        GROUPS[name] = sealed
        _make_silent(sealed)
        return sealed

    return register


def name_of(cls: type[Any]) -> str:
    """The name under which a group class is registered."""
    return next(name for name, known in GROUPS.items() if known is cls)


def _frozen(cls: type[T]) -> type[T]:
    return dataclasses.dataclass(frozen=True, repr=False)(cls)


def _path(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _make_silent(cls: type[Any]) -> None:
    """Neither logs nor caches may learn a value: no repr, no pickle; a copy is the value itself."""
    for name, method in SILENT.items():
        setattr(cls, name, method)
    for part in _parts(cls):
        if part.__dict__.get("__repr__") is not _silent_repr:
            _make_silent(part)


def _silent_repr(self: object) -> str:
    return f"<{type(self).__name__}: sealed>"


def _refuse_pickle(self: object, protocol: object) -> str:
    raise TypeError(f"{type(self).__name__} is sealed: it may not be pickled.")


def _itself(self: T, memo: object = None) -> T:
    return self


SILENT: dict[str, Callable[..., Any]] = {
    "__repr__": _silent_repr,
    "__reduce_ex__": _refuse_pickle,
    "__copy__": _itself,
    "__deepcopy__": _itself,
}


def _parts(cls: type[Any]) -> list[type[Any]]:
    """The dataclasses named in the fields of `cls`."""
    found: list[type[Any]] = []
    open_types = list(get_type_hints(cls).values())
    while open_types:
        kind = open_types.pop()
        open_types += [inner for inner in get_args(kind) if inner is not Ellipsis]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            found.append(kind)
    return found


# Writing


def to_json(value: Any) -> bytes:
    """The stored form of a group; raises TypeError, without content, for a wrong type.

    What would not read back as the same value is refused now: later it would be lost.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    content = text.encode("utf-8", "surrogatepass")
    if not _reads_back(value, content):
        raise TypeError(f"A field of {type(value).__name__} holds another type than it declares")
    return content


def _reads_back(value: Any, content: bytes) -> bool:
    try:
        return bool(from_json(type(value), content) == value)
    except Unreadable:
        return False


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return _plain_dataclass(value)


def _plain_dataclass(value: Any) -> dict[str, Any]:
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"A sealed group cannot hold a {type(value).__name__}")
    return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}


# Reading


def from_json(cls: type[T], content: bytes) -> T:
    """The group inside; raises Unreadable if it does not fit the class at all."""
    reader: Decode = _reader(cls)  # type: ignore[arg-type]
    try:
        value: T = reader(_loads(content.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, AttributeError, KeyError):
        raise Unreadable from None
    return value


def _loads(text: str) -> Any:
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError from None
    if end != len(text):
        raise ValueError
    return value


@cache
def _reader(cls: type[Any]) -> Decode:
    """A function from JSON's dict to `cls`, with every type looked up beforehand."""
    hints = get_type_hints(cls)
    fields = [
        (f.name, _decoder(hints[f.name]), _default(f, hints)) for f in dataclasses.fields(cls)
    ]
    make, every = _maker(cls), {name for name, _, _ in fields}
    coded = [(name, decode) for name, decode, _ in fields if decode]

    def read(stored: dict[str, Any]) -> Any:
        if type(stored) is not dict:
            raise TypeError
        if stored.keys() == every:  # as the class is today: only what is no plain value is made
            for name, decode in coded:
                stored[name] = decode(stored[name])
            return make(stored)
        return make(_adapted(stored))

    def _adapted(stored: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, decode, default in fields:
            if name not in stored:
                given[name] = default()
            else:
                given[name] = decode(stored[name]) if decode else stored[name]
        return given

    return read


def _maker(cls: type[Any]) -> Callable[[dict[str, Any]], Any]:
    """From fields to the value: without `__init__`, which costs a frozen class half the time."""
    if hasattr(cls, "__slots__") or hasattr(cls, "__post_init__"):
        return lambda given: cls(**given)

    def make(given: dict[str, Any]) -> Any:
        made = object.__new__(cls)
        object.__setattr__(made, "__dict__", given)
        return made

    return make


def _default(field: "dataclasses.Field[Any]", hints: dict[str, Any]) -> Callable[[], Any]:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    if field.default is not dataclasses.MISSING:
        return lambda: field.default
    return lambda: _empty(hints[field.name])


def _empty(kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return ()
    if _is_optional(kind):
        return None
    return EMPTY[kind] if kind in EMPTY else _reader(kind)({})


def _is_optional(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind)


def _decoder(kind: Any) -> Decode | None:
    """From JSON's value to the type; None where JSON's value already is it."""
    if kind in PLAIN:
        return None
    if kind in AS_TEXT:
        return AS_TEXT[kind]
    if get_origin(kind) is tuple:
        return _tuple_decoder(get_args(kind))
    if _is_optional(kind):
        return _optional_decoder(kind)
    if dataclasses.is_dataclass(kind):
        return _reader(kind)  # type: ignore[arg-type]
    if isinstance(kind, type) and issubclass(kind, str):
        return kind
    raise TypeError(f"A sealed group cannot hold {kind}")


def _tuple_decoder(args: tuple[Any, ...]) -> Decode:
    one = _decoder(args[0])
    if one is None:
        return tuple
    return lambda stored: tuple(map(one, stored))


def _optional_decoder(kind: Any) -> Decode | None:
    inner = [arg for arg in get_args(kind) if arg is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"A sealed group cannot hold {kind}")
    one = _decoder(inner[0])
    if one is None:
        return None
    return lambda stored: None if stored is None else one(stored)
