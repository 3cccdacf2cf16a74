"""Bringing rows to what the files say: new ones made, changed ones saved, none ever deleted."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
Wanted = Mapping[Any, Mapping[str, Any]]


@dataclass
class Changes:
    """What a load did, for the command's answer and for events: rows by the model's name."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, list[models.Model]] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)  # in the database, in no file

    @property
    def any(self) -> bool:
        """Whether anything differs from before."""
        return any(self.added.values()) or any(self.changed.values())


def bring(
    model: type[M],
    wanted: Wanted,
    key: Callable[[M], Hashable],
    changes: Changes,
    **among: Any,
) -> dict[Any, M]:
    """Make and mend rows until they are as wanted; returns all rows by key.

    wanted: values of each row by its key. A row that no file names stays as it is.
    among: conditions on the rows that this call is about; all of them by default.
    """
    held = {key(row): row for row in model._default_manager.filter(**among)}
    new = {k: model(**values) for k, values in wanted.items() if k not in held}
    model._default_manager.bulk_create(new.values(), batch_size=500)
    mended = [row for k, row in held.items() if k in wanted and _mend(row, wanted[k])]
    name = model.__name__
    changes.added[name] = changes.added.get(name, 0) + len(new)
    changes.changed.setdefault(name, []).extend(mended)
    changes.kept[name] = changes.kept.get(name, 0) + sum(k not in wanted for k in held)
    return {**held, **new}


def _mend(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Save what differs; whether anything did."""
    differing = [name for name, value in values.items() if _held(row, name) != _plain(value)]
    for name in differing:
        setattr(row, name, values[name])
    if differing:
        row.save(update_fields=differing)
    return bool(differing)


def _held(row: models.Model, name: str) -> Any:
    """What a row holds; a related row by its id, without loading it."""
    field = row._meta.get_field(name)
    return getattr(row, field.attname if isinstance(field, models.ForeignKey) else name)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def without_open_end(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a dated row, without an end that the files do not name.

    What was ended by a person of the network is not opened again by loading its data once more.
    """
    return {k: value for k, value in values.items() if k != "valid_to" or value is not None}


def close_earlier(wanted: dict[Any, dict[str, Any]]) -> None:
    """End each row where the next of the same key begins; keys end with the first day.

    So a change is written as a new row from a day on, and nobody has to mend the old one.
    """
    by_name: dict[Any, list[dict[str, Any]]] = {}
    for key in sorted(wanted, key=lambda each: (str(each[:-1]), each[-1])):
        by_name.setdefault(key[:-1], []).append(wanted[key])
    for rows in by_name.values():
        for earlier, later in pairwise(rows):
            if earlier["valid_to"] is None:
                earlier["valid_to"] = later["valid_from"]


def overlap(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two dated rows hold on a common day."""
    ends: list[date] = [row["valid_to"] or date.max for row in (first, second)]
    return bool(first["valid_from"] < ends[1] and second["valid_from"] < ends[0])
