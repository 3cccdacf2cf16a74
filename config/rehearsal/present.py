"""Whether everybody and everything that a world names is there on the first day of a play."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from network import registry
from network.dated import holds_on
from network.loading.source import BadData, Row
from network.models import Agency, Membership, User
from network.roles import Role
from safekeeping import rls
from safekeeping.models import Event

# What somebody must be in their office, by their part in the play.
ROLES = {
    "officer": Role.REPORTER,
    "union": Role.REPORTER,
    "school": Role.REPORTER,
    "host": Role.REPORTER,
    "operator": Role.REPORTER,
    "workers": Role.CASEWORKER,
    "supervisor": Role.SUPERVISOR,
    "desk": Role.COORDINATOR,
    "keepers": Role.KEEPER,
    "services": Role.RESPONDER,
}
BESIDE = ("workers", "second")  # who sits in the supervisor's office


def require_untouched(now: datetime) -> None:
    """Raise BadData where no province is loaded, or where one was played in: time would go back."""
    if not Agency.objects.exists():
        raise BadData(["There is no province yet: load one first with manage.py load_network."])
    with rls.acting(actor=None, now=now, system="audit"):
        if Event.objects.filter(topic="case.reported").exists():
            raise BadData(
                ["There are cases here already: a play begins without any. Set DATA_DIR to an"
                 " empty folder, then manage.py setup, load_network and rehearse."]
            )  # fmt: skip


def check(world: dict[str, Any], start: datetime) -> None:
    """Raise BadData with a sentence for whatever is not there at `start`."""
    problems: list[str] = []
    _Roll(start).call(Row(world["file"], world, problems))
    if problems:
        raise BadData(problems)


@dataclass
class _Roll:
    """Asks the province for what a world names."""

    start: datetime

    @property
    def day(self) -> date:
        return registry.localdate(self.start)

    def call(self, world: Row) -> None:
        for commune in world.inner("communes"):
            self._team(commune)
            self._commune(commune)
        for centre in world.inner("centres"):
            self._team(centre)
        for key in ("desk", "operator", "keepers", "services"):
            self._people(world, key)
        self._units(world, "elsewhere", world.many("elsewhere"))
        self._agencies(world, "habits", set(world.data["habits"]) - {"default"})
        self._agencies(world, "keepers", world.data["keepers"])
        self._codes(world, "relations", "relation", world.many("relations"))
        for key in ("track", "child_track", "work_track"):
            self._codes(world, key, "legal_track", [world.data[key]])
        for happening in world.inner("happenings"):
            self._happening(happening)

    def _team(self, team: Row) -> None:
        for key in ("officer", "workers", "supervisor", "union", "school", "host", "services"):
            self._people(team, key)
        lead = self._member(team.text("supervisor"))
        if lead is None:
            return
        for key in BESIDE:
            for name in _listed(team.data.get(key)):
                one = self._member(name)
                if one is None or one.agency_id != lead.agency_id:
                    team.wrong(f"“{key}”: {name} is not of {lead.agency.code}, as the “supervisor”"
                               " is.")  # fmt: skip

    def _commune(self, commune: Row) -> None:
        code = commune.text("code")
        self._units(commune, "code", [code])
        unit, lead = registry.unit_on(code, self.day), self._member(commune.text("supervisor"))
        owner = registry.committee_of(unit, self.day)
        if unit and lead and (owner is None or owner.pk != lead.agency_id):
            whose = f"{owner.code}’s" if owner else "the duty desk’s"
            commune.wrong(f"“supervisor” is of {lead.agency.code}, but cases of {code} are {whose}"
                          f" on {self.day}.")  # fmt: skip

    def _people(self, row: Row, key: str) -> None:
        for name in _listed(row.data.get(key)):
            one = self._member(name)
            if one is None:
                row.wrong(f"“{key}”: nobody called {name} is in any office on {self.day}.")
            elif ROLES[key] not in one.roles:
                row.wrong(f"“{key}”: {name} is no {ROLES[key]} of {one.agency.code}.")

    def _member(self, name: str) -> Membership | None:
        there = holds_on(self.day, "agency__")
        found = Membership.objects.live(self.start).filter(there, user__username=name)
        return found.select_related("agency").order_by("pk").first()

    def _units(self, row: Row, key: str, codes: Iterable[str]) -> None:
        for code in codes:
            if registry.unit_on(str(code), self.day) is None:
                row.wrong(f"“{key}”: there is no unit {code} on {self.day}.")

    def _agencies(self, row: Row, key: str, codes: Iterable[str]) -> None:
        known = set(Agency.objects.values_list("code", flat=True))
        for code in sorted(set(codes) - known):
            row.wrong(f"“{key}”: there is no agency {code}.")

    def _codes(self, row: Row, key: str, of: str, codes: Iterable[str]) -> None:
        for code in codes:
            if registry.code(of, code, self.day) is None:
                row.wrong(f"“{key}”: the list {of} has no {code}.")

    def _happening(self, one: Row) -> None:
        self._agencies(one, "agency", _listed(one.data.get("agency")))
        self._agencies(one, "successor", _listed(one.data.get("successor")))
        people = {key: _listed(one.data.get(key)) for key in ("who", "by", "people")}
        for office in one.data.get("offices", ()):
            people["offices"] = [*people.get("offices", ()), *office["people"]]
        for key, names in people.items():
            known = User.objects.filter(username__in=names).values_list("username", flat=True)
            for name in sorted(set(names) - set(known)):
                one.wrong(f"“{key}”: there is nobody called {name}.")


def _listed(value: Any) -> list[str]:
    """One name, a list of them, or the values of a mapping; nothing for none."""
    if isinstance(value, dict):
        value = list(value.values())
    return [value] if isinstance(value, str) and value else list(value or ())
