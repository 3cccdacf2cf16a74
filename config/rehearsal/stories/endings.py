"""Ends that are no success, and are no fault either."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, closed, taken_on


def lost_contact(s: Scene) -> Story:
    """Three safe tries on three days in three ways, then it rests."""
    yield from taken_on(s)
    s.describe()
    s.could_not_ask()
    s.assess()
    for way in ("call", "visit", "through_companion"):
        yield DAY + HOUR
        s.note(reached=False, way=way)
    yield from closed(s, "lost_contact")


def not_confirmed(s: Scene) -> Story:
    """Looked into, and nothing of it could be found."""
    yield from taken_on(s)
    s.could_not_ask("not_reached")
    s.assess()
    yield s.soon("work")
    yield from closed(s, "not_confirmed")
