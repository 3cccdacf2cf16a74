"""A bed for the night: asked for, held, slept in, left."""

from typing import Any
from uuid import UUID

from config.rehearsal.scene.base import Base, Heard
from safekeeping.errors import RuleBroken
from shelters import actions as shelters
from shelters.actions.walk_in import AtTheDoor
from shelters.models import Bed, BedUse, Outage
from shelters.rules import Party


class Beds(Base):
    """Stays of one case."""

    def any_keeper(self) -> str:
        """One of the houses that take everybody."""
        return str(self.dice.choice(list(self.world["keepers"].values())))

    def request_bed(self, adults: int = 1, children: int = 0, **more: Any) -> UUID:
        """Ask for beds; women alone unless told otherwise."""
        party = Party(
            adults=adults, children=children, sharing=min(children, adults),
            sex=more.pop("sex", self.sex), **more.pop("who", {}),
        )  # fmt: skip
        reference: UUID = self.act(shelters.request_stay, self.worker, party=party, **more)
        return reference

    def stay_asked(self) -> Heard | None:
        """The stay that the report itself asked for, or the last one."""
        return next(reversed(self.stays.values()), None)

    def hold(self, keeper: str, stay: UUID, **more: Any) -> bool:
        """Keep beds, if there are any; says whether she has them now."""
        if self.stays[stay].state not in ("REQUESTED", "WAITING", "SAFE_ELSEWHERE"):
            return self.stays[stay].state == "HELD"
        try:
            self.bed("hold_beds", keeper, stay, **more)
        except RuleBroken as refused:
            if refused.code != "full":
                raise
        return self.stays[stay].state == "HELD"

    def bed(self, verb: str, who: str, stay: UUID, **more: Any) -> None:
        """Any verb of a stay: admit, discharge …"""
        self.act(getattr(shelters, verb), who, reference=stay, **more)

    def door_with_a_bed(self) -> str:
        """Whose door she comes to and is taken in; nobody's where every house is full."""
        keepers = list(self.world["keepers"].values())
        self.dice.shuffle(keepers)
        return next((str(keeper) for keeper in keepers if self.walk_in(keeper)), "")

    def walk_in(self, keeper: str, **party: Any) -> bool:
        """She stands at the door: taken in at once, if there is a bed."""
        stage = self.stage
        free = self._free(keeper)
        if not free:
            return False
        with stage.acting(keeper) as actor:
            stage.newborn = self
            shelters.admit_walk_in(
                actor=actor, chosen=free[:1], party=Party(**{"sex": self.sex, **party}),
                door=AtTheDoor(danger_now="no", conflict="no"), now=stage.now,
            )  # fmt: skip
        return True

    def _free(self, keeper: str) -> list[UUID]:
        """Beds of the keeper's own house that are in use, and nobody lies or is awaited there."""
        now = self.stage.now
        with self.stage.acting(keeper) as actor:
            own = Bed.objects.visible_to(actor).filter(
                room__shelter__agency_id=actor.agency_id or 0
            )
            taken = BedUse.objects.filter(live=True, period__contains=now).values("bed_id")
            stopped = Outage.objects.at(now).values("bed_id")
            beds = own.exclude(pk__in=taken).exclude(pk__in=stopped).order_by("pk")
            return list(beds.values_list("reference", flat=True))
