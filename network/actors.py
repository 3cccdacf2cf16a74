"""Who is acting: made once per request, job or command, and passed from there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person in one membership; without one (stranger, system) ids are None and roles empty."""

    user_id: int | None = None
    membership_id: int | None = None
    agency_id: int | None = None
    agency_kind: str = ""
    roles: frozenset[str] = frozenset()
    unit_id: int | None = None
    system: str = ""

    def has(self, *roles: str) -> bool:
        """Whether the person holds any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_person(self) -> bool:
        """Somebody signed in, with or without a membership."""
        return self.user_id is not None


STRANGER = Actor()


def system_actor(name: str) -> Actor:
    """The program itself under one of safekeeping's system names; no person, no agency."""
    return Actor(system=name)
