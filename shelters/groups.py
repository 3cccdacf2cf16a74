"""What shelters keeps sealed: the card a keeper reads, and where a secret house stands."""

from dataclasses import dataclass

from safekeeping.sealed import group


@group("arrival_card")
@dataclass(frozen=True)
class ArrivalCard:
    """All that a keeper needs at the door; no name, account or address of hers.

    visitors_refused: whom not to let in, and how they might ask.
    """

    alias: str = ""
    needs: str = ""
    risk: str = ""
    visitors_refused: str = ""


@group("site_address")
@dataclass(frozen=True)
class SiteAddress:
    """Where a house stands whose address is not public, and how one is brought there."""

    address: str = ""
    way_there: str = ""
