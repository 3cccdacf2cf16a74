"""What a report says: coded facts that are counted, and words that are sealed at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.groups import Children, Contact, Identity, Informant, Perpetrator, SupportNeeds
from network.models import AdminUnit


@dataclass(frozen=True)
class Facts:
    """Coded columns. Answers: yes, no, unknown, unanswered; not answered is not no.

    place: where it happened, None if unknown. conflict: is he, or a relative of his, in the
    commune office, the police or the network? dangers: questions of `report_danger` but the first.
    """

    place: AdminUnit | None
    danger_now: str = "unanswered"
    needs: tuple[str, ...] = ()
    conflict: str = "unanswered"
    dangers: Mapping[str, str] = field(default_factory=dict)
    circumstances: frozenset[str] = frozenset()
    adults: int = 1
    children_count: int = 0
    tracks: tuple[str, ...] = ("unclassified",)
    channel: str = ""
    happened_on: date | None = None
    precision: str = "unknown"
    sex: str = "unknown"
    birth_year: int | None = None
    language: str = "vi"
    interpreter: bool = False
    relation: str = ""
    place_kind: str = ""
    accused_status: str = "unknown"


@dataclass(frozen=True)
class Sealed:
    """What finds her or tells of her. `ring_back` is the reporter's number, not hers."""

    ring_back: str = ""
    ring_back_rules: str = ""
    exact_place: str = ""
    now_at: str = ""
    account: str = ""
    identity: Identity | None = None
    contact: Contact | None = None
    children: Children | None = None
    support_needs: SupportNeeds | None = None
    perpetrator: Perpetrator | None = None
    informant: Informant | None = None


# The channel by which a case was found, from the kind of agency that told.
CHANNELS: Mapping[str, str] = {
    "commune_police": "police",
    "provincial_police": "police",
    "border_post": "police",
    "trusted_address": "trusted_address",
    "compassionate_address": "trusted_address",
    "commune_committee": "commune_committee",
    "village_head": "village_head",
    "womens_union": "womens_union",
    "school": "school",
    "health_facility": "health",
    "hotline": "hotline",
    "child_line": "child_line",
    "social_work_centre": "social_work_centre",
}


def channel_of(agency_kind: str) -> str:
    """How the case came to us; `other` for kinds that the forms do not name."""
    return CHANNELS.get(agency_kind, "other")
