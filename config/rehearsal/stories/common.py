"""What happens most."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, closed, known, served, taken_on, through


def support(s: Scene) -> Story:
    """Told by the police, worked by the commune, a doctor, closed by two."""
    yield from taken_on(s)
    yield from known(s, "doctor", "talk")
    yield from served(s, "health")
    yield from through(s, "safe")


def union_listens(s: Scene) -> Story:
    """The Women's Union hears of it; someone to talk to is what she wants."""
    yield from taken_on(s, by=s.team["union"] or s.team["officer"])
    yield from known(s, "talk")
    s.note(reached=True, way="call", alone=True, safe_again="call")
    yield from through(s, "safe")


def refused(s: Scene) -> Story:
    """She wants no help now; it costs her nothing, and can be asked again."""
    yield from taken_on(s, by=s.team["host"] or s.team["officer"])
    s.describe()
    s.ask("none")
    s.assess()
    yield s.soon("work")
    yield from closed(s, "own_decision")


def fresh(s: Scene) -> Story:
    """Told today; what becomes of it is seen tomorrow."""
    s.report(s.team["officer"], needs=("talk",))
    yield s.soon("claim") * 8
    s.claim()
    yield s.soon("visit")
    yield from known(s, "talk")
    yield from through(s, "safe")


def happens_again(s: Scene) -> Story:
    """While she is being helped he hits her once more: it is not over, and the plan begins anew."""
    yield from taken_on(s)
    yield from known(s, "talk", "police")
    s.plan("safety", "practical")
    yield s.soon("work")
    s.finish_plan()
    s.follow()
    yield s.soon("plan")
    s.again()
    s.assess("raised")
    s.held(3)
    yield 3 * DAY
    s.free()
    s.assess("raised")
    yield from through(s, "safe")
