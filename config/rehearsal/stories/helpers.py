"""What other agencies do with a request: decline, let it lapse, give it back, take all of it."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, known, taken_on, through


def declined(s: Scene) -> Story:
    """The health centre has no room that day; the next one is asked."""
    yield from taken_on(s)
    yield from known(s, "doctor")
    first = s.helper("health")
    asked = s.send("health", "urgent")
    yield s.soon("answer_request", first)
    if asked in s.asked(first):
        s.decline(first, asked, "full")
        yield HOUR
        s.send_on(asked)
    yield from through(s, "safe")


def nobody_answers(s: Scene) -> Story:
    """A request lies until its time is over; the answer comes late, and still counts."""
    yield from taken_on(s)
    yield from known(s, "doctor")
    who = s.helper("health")
    asked = s.send("health", "urgent")
    yield 6 * HOUR
    if asked in s.asked(who):
        yield from s.work_off(who, asked)
    yield from through(s, "safe")


def first_answer_wins(s: Scene) -> Story:
    """Nobody answers in half an hour, so the next one is asked too; whoever is first has it."""
    yield from taken_on(s)
    yield from known(s, "doctor", level="high", weapon="no", threat_to_kill="yes")
    who = s.helper("health")
    asked = s.send("health", "emergency")
    yield HOUR * 0.6
    if asked in s.asked(who):
        yield from s.work_off(who, asked)
    s.assess("standard")
    yield from through(s, "safe")


def pressed_by_mistake(s: Scene) -> Story:
    """The wrong line was touched; the office that asked undoes it, and the next one is asked."""
    yield from taken_on(s)
    yield from known(s, "doctor")
    who = s.helper("health")
    asked = s.send("health")
    yield s.soon("answer_request", who)
    if asked in s.asked(who):
        s.accept(who, asked)
        s.void(s.team["supervisor"], asked)
        s.send_on(asked)
    yield from through(s, "safe")


def given_back(s: Scene) -> Story:
    """Accepted, begun, and then not to be carried on."""
    yield from taken_on(s)
    yield from known(s, "talk")
    who = s.helper("psychosocial")
    asked = s.send("psychosocial")
    yield s.soon("answer_request", who)
    if asked in s.asked(who):
        s.accept(who, asked)
        yield DAY
        s.give_back(who, asked, "cannot_continue")
    yield from through(s, "safe")


def did_not_come(s: Scene) -> Story:
    """She never came to the appointment: is she safe?"""
    yield from taken_on(s)
    yield from known(s, "doctor", level="raised")
    who = s.helper("health")
    asked = s.send("health")
    yield s.soon("answer_request", who)
    if asked in s.asked(who):
        yield from s.work_off(who, asked, outcome="did_not_come")
        yield HOUR
        s.safe()
    yield from through(s, "safe")


def handed_over(s: Scene) -> Story:
    """A centre of the province takes the whole case on."""
    yield from taken_on(s)
    centre = s.dice.choice(s.world["centres"])["workers"][0]
    s.describe()
    s.agree_to_handover(s.office(centre).kind)
    s.assess("raised")
    asked = s.send("case_management", to=centre, kind="handover")
    yield s.soon("answer_request", centre)
    if asked in s.asked(centre):
        s.accept(centre, asked)
        yield s.soon("claim")
    s.claim()
    yield from through(s, "safe")
