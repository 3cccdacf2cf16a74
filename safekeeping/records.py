"""What every domain row is: a random public reference, a version, and no name in its text."""

import uuid
from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models

from safekeeping.errors import NotVisible, Stale

R = TypeVar("R", bound=models.Model)


class RecordQuerySet(models.QuerySet[R]):
    """Rows by their public reference; what is missing and what is foreign look alike."""

    def by_reference(self, reference: uuid.UUID | str) -> R:
        """The row, or NotVisible."""
        found = self.filter(reference=_as_uuid(reference)).first()
        if found is None:
            raise NotVisible
        return found

    def case_ids(self, reference: uuid.UUID | str) -> models.QuerySet[R, int]:
        """The id of the case that the row belongs to, not asked yet: for `rls.on_case_of`."""
        row = self.filter(reference=_as_uuid(reference))
        return row.values_list(self._case_column(), flat=True)

    def update(self, **values: Any) -> int:
        if "state" in values:
            raise TypeError("a state moves by its transitions only")
        return super().update(**values)

    def _case_column(self) -> str:
        return getattr(self.model, "CASE_COLUMN", "case_id")


class Record(models.Model):
    """A domain row. `version` counts its saves, so that the later of two tabs is noticed."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.reference)

    @property
    def key_subject(self) -> uuid.UUID:
        """Whose data key seals this row's groups."""
        return self.subject_reference  # type: ignore[attr-defined,no-any-return]

    @property
    def event_case_id(self) -> int | None:
        """The case that an event about this row belongs to."""
        return getattr(self, "case_id", None)

    def _get_FIELD_display(self, field: Any) -> str:  # noqa: N802 - Django's own name
        """A choice in words, without putting all others into the reader's language to find it."""
        value = getattr(self, field.attname)
        return str(dict(field.flatchoices).get(value, value))

    def require_version(self, version: int | None) -> None:
        """Refuse a save that was begun on an older version. None: the caller shows no form.

        Raises Stale, which the page answers with both versions side by side.
        """
        if version is not None and version != self.version:
            raise Stale(reference=self.reference, version=self.version)

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if not self._state.adding:
            self.version += 1
            if update_fields is not None:
                update_fields = {*update_fields, "version"}
        super().save(update_fields=update_fields, **kwargs)

    @classmethod
    def born(cls, **values: Any) -> Self:
        """Insert a row; never an UPDATE by accident."""
        row = cls(**values)
        row.save(force_insert=True)
        return row


def _as_uuid(reference: uuid.UUID | str) -> uuid.UUID:
    try:
        return reference if isinstance(reference, uuid.UUID) else uuid.UUID(str(reference))
    except ValueError:
        raise NotVisible from None
