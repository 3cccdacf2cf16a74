"""Where: units of administration as they were on each day, and which became which."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.dated import Dated, DatedQuerySet
from safekeeping import policies


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District (until 30 June 2025)")
    COMMUNE = "commune", _("Commune or ward")


class UnitKind(models.TextChoices):
    """The word before the name; with the name it is what people write."""

    TINH = "tinh", _("province")
    THANH_PHO = "thanh_pho", _("city")
    THI_XA = "thi_xa", _("town")
    HUYEN = "huyen", _("district")
    XA = "xa", _("commune")
    PHUONG = "phuong", _("ward")
    THI_TRAN = "thi_tran", _("township")
    DAC_KHU = "dac_khu", _("special zone")


WORDS_VI = {
    "tinh": "tỉnh", "thanh_pho": "thành phố", "thi_xa": "thị xã", "huyen": "huyện", "xa": "xã",
    "phuong": "phường", "thi_tran": "thị trấn", "dac_khu": "đặc khu",
}  # fmt: skip
WORDS_EN = {
    "tinh": "province", "thanh_pho": "city", "thi_xa": "town", "huyen": "district",
    "xa": "commune", "phuong": "ward", "thi_tran": "township", "dac_khu": "special zone",
}  # fmt: skip


@policies.rows(policies.COUNTED_BY)
class AdminUnit(Dated):
    """A unit as it was for a time. Codes are reused for other places: the key is (code, from).

    `search` is the name and its other spellings without diacritics, for people in a hurry.
    """

    code = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    other_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    search = models.CharField(max_length=240)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=10, choices=UnitKind)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    # Degrees WGS 84 of the middle, for a tile map; never for finding the way.
    lon = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    lat = models.DecimalField(max_digits=8, decimal_places=4, null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_from"),
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.valid_from:%Y}"

    @property
    def label(self) -> str:
        """Its name as people write it: «xã Đình Cao», "Đình Cao commune"."""
        return self.label_in(get_language() or "vi")

    def label_in(self, language: str) -> str:
        """The same in a named language."""
        if language.startswith("vi"):
            return f"{WORDS_VI[self.kind]} {self.name}"
        return f"{self.name} {WORDS_EN[self.kind]}"


@policies.rows(policies.COUNTED_BY)
class AdminChange(models.Model):
    """One unit became (part of) another on a day; `part` where the old one was split."""

    class Extent(models.TextChoices):
        WHOLE = "whole", _("whole")
        PART = "part", _("part")

    day = models.DateField()
    old = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="became")
    new = models.ForeignKey(AdminUnit, on_delete=models.PROTECT, related_name="came_from")
    extent = models.CharField(max_length=5, choices=Extent)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="change_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
