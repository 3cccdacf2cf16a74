"""How a case is told: by whom, of whom, and what is known of it in the first minutes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from casework import actions as casework
from casework.reports import Facts, Sealed
from config.rehearsal.invented import QUIET
from config.rehearsal.scene.base import Base
from network import registry
from network.models import AdminUnit


class Telling(Base):
    """Everything up to the moment at which the case exists."""

    def report(
        self,
        by: str,
        *,
        place: str | None = None,
        late: timedelta = timedelta(),
        proxy_for: str = "",
        **facts: Any,
    ) -> UUID:
        """Somebody tells; returns the case's reference.

        late: how long ago it was said. proxy_for: who rang the operator. facts: of `Facts`.
        """  # fmt: skip
        stage = self.stage
        told = self._facts(self.team["code"] if place is None else place) | facts
        agency = self.office(proxy_for).pk if proxy_for else None
        with stage.acting(by) as actor:
            stage.newborn = self
            casework.report_case(
                actor=actor, facts=Facts(**told), sealed=self._sealed(), now=stage.now,
                happened_at=stage.now - late, proxy_for=agency,
            )  # fmt: skip
        return self.known

    def _facts(self, code: str) -> dict[str, Any]:
        today = registry.localdate(self.stage.now)
        place: AdminUnit | None = registry.unit_on(code, today) if code else None
        return {
            "place": place,
            "danger_now": "no",
            "conflict": "no",
            "dangers": QUIET,
            "tracks": (self.world["track"],),
            "sex": self.sex,
            "birth_year": self.born,
            "relation": self.dice.choice(self.world["relations"]),
            "place_kind": "home_shared",
            "accused_status": "near",
            "happened_on": today,
            "precision": "day",
        }

    def _sealed(self) -> Sealed:
        road = self.dice.choice(self.world["roads"])
        return Sealed(
            ring_back=f"0900 000 {self.dice.randint(100, 199)}",
            exact_place=f"{road}, {self.dice.randint(2, 30)}",
            account=self.dice.choice(self.world["accounts"]),
        )

    def twin(self) -> Self:
        """Another case of the same person: told again at home, whoever has the first one now."""
        return replace(
            self, team=self.home, worker="", case=None, case_id=0, worker_id=None, owner_id=None,
            state="", level="", referrals={}, stays={}, overrides=[], visits=[], blocked=set(),
            is_left=False,
        )  # fmt: skip
