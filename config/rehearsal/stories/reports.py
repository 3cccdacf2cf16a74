"""Ways in: who tells, when, and in whose name."""

from datetime import timedelta

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import closed, known, served, taken_on, through


def rings_herself(s: Scene) -> Story:
    """She rings the hotline and does not say where she is: the duty desk stays with her."""
    _led_by_desk(s, 1)
    s.report(s.world["operator"], place="", conflict="unanswered", danger_now="unknown")
    yield s.soon("claim")
    s.clear(s.worker)
    s.claim()
    s.note(reached=False, way="call")
    yield s.soon("plan")
    s.note(reached=True, way="call", alone=True, safe_again="call")
    s.could_not_ask()
    s.assess()
    yield s.soon("work")
    yield from closed(s, "own_decision")


def by_proxy(s: Scene) -> Story:
    """The officer has no line; the hotline's operator enters it in his office's name."""
    yield from taken_on(s, by=s.world["operator"], proxy_for=s.team["officer"],
                        late=timedelta(minutes=25))  # fmt: skip
    yield from known(s, "talk")
    yield from through(s, "safe")


def told_late(s: Scene) -> Story:
    """A paper of three days ago is entered now: its clocks are long over, and nobody is woken."""
    yield from taken_on(s, by=s.team["host"] or s.team["officer"], late=timedelta(days=3))
    yield from known(s, "talk")
    yield from through(s, "safe")


def from_the_clinic(s: Scene) -> Story:
    """A nurse sees bruises and asks; she comes for a talk afterwards."""
    yield from taken_on(s, by=s.helper("health"))
    yield from known(s, "doctor", "talk")
    yield from served(s, "psychosocial")
    yield from through(s, "safe")


def nobody_connected(s: Scene) -> Story:
    """A commune whose offices have nobody in the network yet: its work falls to the duty desk."""
    officer = s.team["officer"]
    _led_by_desk(s, 0)
    elsewhere = s.world["elsewhere"]
    s.report(officer, place=s.dice.choice(elsewhere) if elsewhere else "")
    yield s.soon("claim")
    s.claim()
    s.ask("talk")
    s.assess()
    yield s.soon("work")
    yield from closed(s, "own_decision")


def told_twice(s: Scene) -> Story:
    """Police and the Union tell of the same evening; the second report is joined to the first."""
    yield from taken_on(s)
    yield from known(s, "talk")
    double = s.twin()
    double.report(s.team["union"] or s.team["officer"])
    yield s.soon("claim")
    s.stage.phones.answer_all(double.case_id, s.team["supervisor"])
    if double.owner_id == s.owner_id:
        s.join(double.known)
        yield s.soon("plan")
        if double.state == "CLOSING":
            double.approve(by=s.worker)
    yield from through(s, "safe")


def known_again(s: Scene) -> Story:
    """A year of it: closed, told again, and the supervisor sees that it is she."""
    yield from taken_on(s)
    yield from known(s, "talk")
    yield from closed(s, "own_decision")
    yield timedelta(days=20)
    second = s.twin()
    yield from taken_on(second)
    yield from known(second, "talk", "police", level="raised")
    second.know_again(s.known)
    yield from through(second, "safe")


def _led_by_desk(s: Scene, turn: int) -> None:
    desk = s.world["desk"]
    s.worker, s.team = desk[turn], {**s.team, "supervisor": desk[turn - 1], "second": desk[turn]}
