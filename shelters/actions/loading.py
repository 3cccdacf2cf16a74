"""A province's houses from its YAML, as often as wanted: what is there is brought up to date.

Beds are never taken away here, for somebody may sleep in one; a house that closes is stopped bed
by bed.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from network import registry
from network.models import Agency
from safekeeping import rls
from safekeeping.keys import create_subject
from shelters.groups import SiteAddress
from shelters.models import Bed, Room, Shelter

FILE = "shelters.yaml"
EXTRA = "+"


def load(folder: Path, now: datetime) -> int:
    """Bring the houses of a folder into the database; returns how many beds it names.

    Raises ValueError, which says what is wrong: a tag that the list `bed_tag` does not know.
    """
    told = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))["shelters"]
    with rls.acting(actor=None, now=now, system="setup"):
        _require_tags(told)
        agencies = dict(Agency.objects.values_list("code", "pk"))
        return sum(_house(one, agencies) for one in told)


def _require_tags(told: list[dict[str, Any]]) -> None:
    named = {tag for house in told for room in house["rooms"] for tag in room["tags"]}
    if unknown := sorted(tag for tag in named if registry.code("bed_tag", tag) is None):
        raise ValueError(
            f"{FILE}: no such tag: {', '.join(unknown)}. Tags are codes of the list bed_tag"
            " (codes/shelter.yaml); load the network again after adding one."
        )


def _house(told: dict[str, Any], agencies: dict[str, int]) -> int:
    shelter = Shelter.objects.filter(code=told["code"]).first()
    if shelter is None:
        shelter = Shelter(code=told["code"], subject=create_subject())
    shelter.agency_id = agencies[told["agency"]]
    shelter.name_vi, shelter.name_en = told["vi"], told["en"]
    shelter.publicity, shelter.order = told["publicity"], told.get("order", 50)
    shelter.trusted = [agencies[code] for code in told.get("trusted", [])]
    if "address" in told:
        shelter.address = SiteAddress(**told["address"])
    shelter.save()
    return sum(_room(shelter, at, room) for at, room in enumerate(told["rooms"]))


def _room(shelter: Shelter, at: int, told: dict[str, Any]) -> int:
    room, _ = Room.objects.update_or_create(
        shelter=shelter,
        code=told["code"],
        defaults={
            "name_vi": told["vi"],
            "name_en": told["en"],
            "tags": told["tags"],
            "sons_up_to": told.get("sons_up_to"),
            "order": at,
        },
    )
    for place, name in enumerate(told["beds"]):
        Bed.objects.update_or_create(
            shelter=shelter,
            room=room,
            name=name.removesuffix(EXTRA),
            defaults={"extra": name.endswith(EXTRA), "order": place},
        )
    return len(told["beds"])
