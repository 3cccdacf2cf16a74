"""Tables of shelters, by noun."""

from shelters.models.places import Bed, Outage, Room, Shelter
from shelters.models.stays import ASLEEP, LIVE, OPEN, BedUse, Onward, Sex, Stay, StayState

__all__ = [
    "ASLEEP", "LIVE", "OPEN", "Bed", "BedUse", "Onward", "Outage", "Room", "Sex", "Shelter", "Stay",
    "StayState",
]  # fmt: skip
