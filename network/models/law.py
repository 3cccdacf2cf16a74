"""What the law and our own choices say: clocks, holidays, code lists, who is told."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from network.dated import Dated, DatedQuerySet
from network.language import in_language
from network.roles import AgencyKind
from safekeeping import policies
from safekeeping.records import Record


class Calendar(models.TextChoices):
    ALWAYS = "always", _("day and night")
    CALENDAR = "calendar", _("calendar days")
    WORKING = "working", _("working days")


@policies.rows(policies.COUNTED_BY)
class ClockKind(Dated):
    """By when something has to have happened; `variant` for a level, an urgency, a kind.

    Exactly one of `within`, `working_days`, `months` is set. `at_once`: the law says "immediately"
    and the length is only our alarm. A negative `within` rings before the end of `about`.
    """

    code = models.CharField(max_length=40)
    variant = models.CharField(max_length=20, blank=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    within = models.DurationField(null=True)
    working_days = models.PositiveSmallIntegerField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    about = models.CharField(max_length=40, blank=True)
    at_once = models.BooleanField(default=False)
    calendar = models.CharField(max_length=10, choices=Calendar)
    raise_to = models.CharField(max_length=12)  # owner, supervisor, coordinator
    source = models.TextField()
    certainty = models.CharField(max_length=10, blank=True)
    our_choice = models.BooleanField(default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "variant", "valid_from"], name="clock_once"),
            models.CheckConstraint(
                condition=models.Q(within__isnull=False, working_days=None, months=None)
                | models.Q(within=None, working_days__isnull=False, months=None)
                | models.Q(within=None, working_days=None, months__isnull=False),
                name="clock_one_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.variant}" if self.variant else self.code

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.name_vi, self.name_en)

    @property
    def duration(self) -> timedelta | None:
        """Its length where that is a plain span."""
        return self.within


@policies.rows(policies.COUNTED_BY)
class Holiday(models.Model):
    """A day on which offices are closed, or a Saturday on which they work (`is_working`)."""

    day = models.DateField(unique=True)
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_working = models.BooleanField(default=False)
    source = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.day.isoformat()


@policies.rows(policies.COUNTED_BY)
class CodeList(models.Model):
    """A closed list of codes with their labels."""

    code = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    source = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.code


@policies.rows(policies.COUNTED_BY)
class Code(Dated):
    """One code of a list. `mapping` holds what is derived from it, and is dated with it.

    A changed meaning is a new row from a day on; what was counted before keeps the old one.
    """

    list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=40)
    label_vi = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()
    mapping = models.JSONField(default=dict, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "code", "valid_from"], name="code_once")
        ]
        ordering = ["order"]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """Its label in the reader's language."""
        return in_language(self.label_vi, self.label_en)


@policies.rows(policies.COUNTED_BY)
class NoticeRule(Dated):
    """Who owns a case at first and who is told, for a legal track and a circumstance.

    `condition`: any (the ground rule) or a circumstance that adds to it. The agencies are looked
    for at the place of the act; `home_told` false keeps the commune where she lives out of it.
    """

    track = models.CharField(max_length=20)
    condition = models.CharField(max_length=20)
    owner_kind = models.CharField(max_length=24, choices=AgencyKind)
    notified = ArrayField(models.CharField(max_length=24, choices=AgencyKind), default=list)
    clock = models.CharField(max_length=40)
    home_told = models.BooleanField(default=True)
    source = models.TextField()
    order = models.PositiveSmallIntegerField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["track", "condition", "valid_from"], name="notice_once")
        ]
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.track}/{self.condition}"


class EditionManager(models.Manager["Edition"]):
    """The one row that says which province is loaded and how often it has changed."""

    def number(self) -> int:
        """How often the province's data has changed; 0 before it is loaded."""
        return self.values_list("number", flat=True).first() or 0

    def renew(self) -> None:
        """Tell every process to read the province's data again."""
        self.update(number=models.F("number") + 1)


@policies.rows(policies.COUNTED_BY)
class Edition(Record):
    """The province that is loaded; `number` rises with every change of its data."""

    number = models.PositiveIntegerField(default=0)
    province = models.CharField(max_length=8)
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=40)

    objects = EditionManager()

    @property
    def name(self) -> str:
        """The province's name in the reader's language."""
        return in_language(self.name_vi, self.name_en)
