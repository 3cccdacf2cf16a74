"""What is going on in the last hours: told quickly, so that every state has somebody in it."""

from collections.abc import Generator
from datetime import timedelta
from uuid import UUID

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, through

SOON = timedelta(minutes=20)


def just_told(s: Scene) -> Story:
    """Nobody has taken it on yet."""
    s.report(s.team["officer"], needs=("talk",))
    yield DAY
    yield from _worked_on(s, "talk")


def just_taken(s: Scene) -> Story:
    """A worker has it, and is on the way."""
    s.report(s.team["officer"])
    yield SOON
    s.claim()
    yield DAY
    yield from _worked_on(s, "talk")


def just_assessed(s: Scene) -> Story:
    """The worker knows how much danger she is in; a doctor is asked."""
    yield from _begun(s, "doctor", "talk")
    s.send("health")
    yield DAY
    yield from through(s, "safe")


def just_accepted(s: Scene) -> Story:
    """The health centre will see her; the plan is being carried out."""
    yield from _begun(s, "doctor", "talk")
    s.plan("safety", "health")
    who, asked = s.helper("health"), s.send("health")
    s.accept(who, asked)  # on the telephone: whoever is rung later finds it answered
    yield DAY
    s.finish_plan()
    yield from through(s, "safe")


def being_helped(s: Scene) -> Story:
    """The doctor has begun."""
    yield from _begun(s, "doctor", "talk")
    who, asked = s.helper("health"), s.send("health", "urgent")
    s.accept(who, asked)
    s.begin(who, asked)
    yield DAY
    yield from through(s, "safe")


def police_told(s: Scene) -> Story:
    """She is pregnant: the police are told by law, and say that they know."""
    s.sex = "female"
    s.report(s.team["supervisor"], circumstances=frozenset({"pregnant"}))
    yield SOON
    s.hear_notices()
    s.claim()
    yield DAY
    yield from _worked_on(s, "talk", "police")


def taken_in_part(s: Scene) -> Story:
    """The examination can be done, the paper about it not here."""
    yield from _begun(s, "doctor", "talk")
    who, asked = s.helper("health"), s.send("health", needs=("exam", "injury_paper"))
    s.accept(who, asked, parts=("exam",))
    yield DAY
    yield from through(s, "safe")


def just_proposed(s: Scene) -> Story:
    """She says it is over; another person looks at it tomorrow."""
    yield from _begun(s, "none")
    s.propose("own_decision")
    yield DAY
    s.approve()


def bed_asked(s: Scene) -> Story:
    """A bed is asked for, and no house has answered yet."""
    yield from _begun(s, "bed", level="raised")
    stay = s.request_bed(sex="female")
    yield DAY
    s.bed("cancel_request", s.worker, stay, reason="own_decision")
    yield from through(s, "safe")


def bed_waited_for(s: Scene) -> Story:
    """No house has room for so many tonight."""
    yield from _begun(s, "bed", level="high", threat_to_kill="yes")
    stay = s.request_bed(children=9)
    yield DAY
    s.bed("cancel_request", s.worker, stay, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")


def with_the_neighbour(s: Scene) -> Story:
    """Safe next door for some hours."""
    yield from _begun(s, "bed", level="raised")
    stay = s.request_bed(children=9)
    s.bed("settle_elsewhere", s.worker, stay, kind="neighbour",
          next_check_at=s.stage.now + 6 * HOUR)  # fmt: skip
    yield DAY
    s.bed("cancel_request", s.worker, stay, reason="own_decision")
    yield from through(s, "safe")


def on_the_way(s: Scene) -> Story:
    """A bed is kept for her; she comes by the morning bus."""
    stay, keeper = yield from _bed_held(s)
    yield DAY / 2
    if s.stays[stay].state == "HELD":
        s.bed("admit", keeper, stay)
    yield 2 * DAY
    yield from _leaves(s, keeper)


def asleep(s: Scene) -> Story:
    """She sleeps in the shelter."""
    stay, keeper = yield from _bed_held(s)
    if s.stays[stay].state == "HELD":
        s.bed("admit", keeper, stay)
    yield 3 * DAY
    yield from _leaves(s, keeper)


def at_the_court(s: Scene) -> Story:
    """Out of the house for the day; the bed stays hers."""
    stay, keeper = yield from _bed_held(s)
    if s.stays[stay].state == "HELD":
        s.bed("admit", keeper, stay)
        s.bed("go_away", keeper, stay, why="justice")
    yield DAY
    if s.stays[stay].state == "AWAY":
        s.bed("come_back", keeper, stay)
    yield from _leaves(s, keeper)


def _bed_held(s: Scene) -> Generator[timedelta, None, tuple[UUID, str]]:
    yield from _begun(s, "bed", "talk", level="raised")
    s.plan("safety", "practical")
    stay, keeper = s.request_bed(sex="female"), s.any_keeper()
    s.hold(keeper, stay, planned=True)
    return stay, keeper


def _leaves(s: Scene, keeper: str) -> Story:
    stay = s.stay_asked()
    if stay and stay.state in ("ADMITTED", "AWAY"):
        s.bed("discharge", keeper, stay.reference, reason="relatives", next_place="relatives")
    elif stay and stay.state in ("REQUESTED", "WAITING"):
        s.bed("cancel_request", s.worker, stay.reference, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")


def _begun(s: Scene, *answers: str, level: str = "standard", **dangers: str) -> Story:
    s.report(s.team["officer"])
    yield SOON
    s.claim()
    yield SOON
    s.describe()
    s.ask(*answers)
    s.assess(level, **dangers)


def _worked_on(s: Scene, *answers: str) -> Story:
    s.claim()
    s.describe()
    s.ask(*answers)
    s.assess()
    yield s.soon("plan")
    yield from through(s, "safe")
