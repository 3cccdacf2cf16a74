"""Ends that are no success, and are no fault either."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, closed, known, taken_on


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


def dies(s: Scene) -> Story:
    """Help came, and she died of her illness: nobody rings her again, and others look back."""
    yield from taken_on(s)
    yield from known(s, "doctor", "talk", level="raised")
    s.plan("safety", "health")
    yield s.soon("work")
    death = s.record_death("illness")
    yield DAY
    s.debrief()
    yield s.soon("plan")
    s.look_back(death)
    s.end_referrals()
    s.propose("died")
    yield s.soon("plan")
    s.approve()
