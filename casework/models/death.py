"""That she has died: when, how far that is known, and the look from outside that follows."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.groups import Words
from casework.models.access import REVIEWED, Reviewed, ReviewedQuerySet
from casework.models.review import LegalHold
from safekeeping import policies
from safekeeping.sealed import SealedField

USER = settings.AUTH_USER_MODEL


class DeathQuerySet(ReviewedQuerySet["Death"]):
    """Deaths."""

    def standing(self) -> "DeathQuerySet":
        """Those that were not taken back as a mistake."""
        return self.filter(taken_back_at=None)


@policies.rows(
    policies.of_case(
        REVIEWED,
        least=policies.OWNING,
        figures=("id", "case_id", "happened_at", "recorded_at", "cause", "taken_back_at"),
    )
)
class Death(Reviewed):
    """A survivor's death. cause: a code of `death_cause`; what is known, no verdict.

    review_agency: an office that is not the owner's. debriefed_at: when the staff sat together.
    """

    WHO = "by_id"

    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    cause = models.CharField(max_length=24)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    debriefed_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    hold = models.ForeignKey(LegalHold, on_delete=models.PROTECT, null=True, related_name="+")
    words = SealedField(Words, null=True)

    objects: ClassVar = DeathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(taken_back_at=None), name="one_death"
            )
        ]

    @property
    def waits(self) -> bool:
        """Nor does anybody have to: what was taken back as a mistake needs no look."""
        return super().waits and self.taken_back_at is None

    @property
    def at(self) -> datetime:
        """When it was written down: what the list of reviews shows."""
        return self.recorded_at
