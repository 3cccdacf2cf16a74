"""Where the usual order would cost too much, or the office itself is the danger."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, known, taken_on, through


def life_first(s: Scene) -> Story:
    """No worker yet, and her life is in danger: procedure is overtaken, with one sentence."""
    s.report(s.team["officer"], danger_now="yes", needs=("police",))
    yield s.soon("answer")
    s.overtake()
    s.hear_notices()
    yield s.soon("plan", s.team["supervisor"])
    s.review_overrides()
    s.safe()
    yield s.soon("plan")
    s.claim()
    yield from known(s, "police", "talk", level="high")
    yield from through(s, "safe")


def glass(s: Scene) -> Story:
    """The worker is away; a colleague opens what is needed, says why, and is looked at."""
    yield from taken_on(s)
    yield from known(s, "talk", level="high")
    yield from _somebody_else(s)
    colleague = s.colleague()
    if colleague:
        opening = s.break_glass(colleague)
        yield 2 * HOUR
        s.explain(colleague, opening)
        yield s.soon("plan", s.team["supervisor"])
        s.review_glass(opening)
    s.assess("standard")
    yield from through(s, "safe")


def conflict(s: Scene) -> Story:
    """The accused may sit in the commune's office: the duty desk keeps it until it is cleared."""
    desk = s.world["desk"][0]
    s.report(s.team["officer"], conflict="unknown")
    yield s.soon("answer", desk)
    s.clear(desk)
    yield s.soon("claim")
    s.claim()
    yield from known(s, "talk")
    yield from through(s, "safe")


def kept_out(s: Scene) -> Story:
    """One person of the office is his cousin, and never sees this case."""
    yield from taken_on(s)
    yield from _somebody_else(s)
    if s.colleague():
        s.block(s.colleague())
    yield from known(s, "talk", level="raised")
    yield from through(s, "safe")


def _somebody_else(s: Scene) -> Story:
    """Wait for a colleague: somebody may have left, and come back."""
    for _ in range(10):
        if s.colleague():
            return
        yield 2 * DAY
