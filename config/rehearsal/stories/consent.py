"""What she agrees to, and takes back."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, known, taken_on, through


def consent_withdrawn(s: Scene) -> Story:
    """She sleeps in the shelter and takes the sharing back: the stay goes on."""
    yield from taken_on(s)
    yield from known(s, "doctor", "bed", level="raised")
    stay, keeper = s.request_bed(children=1, sex="female"), s.any_keeper()
    yield s.soon("answer")
    slept = s.hold(keeper, stay)
    if slept:
        yield HOUR / 2
        s.bed("admit", keeper, stay)
    s.send("health")
    yield 3 * HOUR
    s.withdraw("service", "health")
    yield 3 * DAY
    if slept:
        s.bed("discharge", keeper, stay, reason="own_place", next_place="rented")
    else:
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
    s.assess("standard")
    yield from through(s, "own_decision")


def not_counted(s: Scene) -> Story:
    """She is helped, does not want to be a number, and for some days no calls."""
    yield from taken_on(s)
    yield from known(s, "talk")
    s.withdraw("counted")
    s.withdraw("contact")
    yield 9 * DAY
    s.renew("contact")
    yield from through(s, "safe")
