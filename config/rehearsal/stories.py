"""What happens in a case, told as generators: act, then yield how long it takes until the next.

Whatever lies beyond the last day is left untold, so that the living cases stand in every state.
"""

from collections.abc import Callable
from datetime import timedelta

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Tale = Callable[[Scene], Story]


def support(s: Scene) -> Story:
    """The common way: told by the police, worked by the commune, a doctor, closed by two."""
    yield from _taken_on(s)
    yield from _known(s, "doctor", "talk")
    s.send("health")
    yield HOUR
    chau = s.world["health"]
    for reference in s.asked(chau, state="SENT"):
        yield from s.work_off(chau, reference)
    yield from _through(s, "safe")


def shelter_night(s: Scene) -> Story:
    """A mother with two children at night: a bed, a doctor, back to a safe home."""
    s.report(
        s.team["officer"],
        danger_now="yes",
        needs=("bed", "doctor"),
        children_count=2,
        circumstances=frozenset({"child"}),
    )
    yield s.soon("answer")
    s.answer_alerts(s.worker)
    chau = s.world["health"]
    keeper = s.world["keepers"]["tamlanh-dongtao"]
    s.answer_alerts(keeper)
    stay = s.stay(keeper)
    if stay:
        s.bed("hold_beds", keeper, stay)
    yield s.soon("answer")
    s.claim()
    yield HOUR / 2
    if stay:
        s.bed("admit", keeper, stay)
    for reference in s.asked(chau, state="SENT"):
        yield from s.work_off(chau, reference)
    yield from _known(s, "doctor", "bed", level="high")
    yield from (s.soon("work"), s.soon("work"))
    if stay:
        s.bed("discharge", keeper, stay, reason="relatives", next_place="relatives")
    s.assess("standard")
    yield from _through(s, "safe")


def refused(s: Scene) -> Story:
    """She wants no help now; it costs her nothing, and can be asked again."""
    yield from _taken_on(s, by=s.team["host"] or s.team["officer"])
    s.describe()
    s.ask("none")
    s.assess()
    yield s.soon("work")
    s.propose("own_decision")
    yield s.soon("plan")
    s.approve()


def union_listens(s: Scene) -> Story:
    """The Women's Union hears of it; someone to talk to is what she wants."""
    yield from _taken_on(s, by=s.team["union"] or s.team["officer"])
    yield from _known(s, "talk")
    s.note(reached=True, way="call", alone=True, safe_again="call")
    yield from _through(s, "safe")


def child_at_school(s: Scene) -> Story:
    """A teacher tells of a child: children's law, police at once."""
    s.born = s.stage.now.year - 12
    s.report(
        s.team["school"] or s.team["officer"],
        tracks=("child",),
        circumstances=frozenset({"child"}),
        relation="parent",
    )
    yield s.soon("answer")
    s.answer_alerts(s.team["supervisor"])
    s.assign()
    yield s.soon("visit")
    s.could_not_ask()
    yield from _known(s, "talk", level="raised")
    yield from _through(s, "safe")


def conflict(s: Scene) -> Story:
    """The accused sits in the commune's office: the duty desk keeps it until it is cleared."""
    desk = s.world["desk"][0]
    s.report(s.team["officer"], conflict="unknown")
    yield s.soon("answer")
    s.answer_alerts(desk)
    yield s.soon("claim")
    s.clear(desk)
    yield s.soon("answer")
    s.answer_alerts(s.team["supervisor"])
    s.assign()
    yield from _known(s, "talk")
    yield from _through(s, "safe")


def no_bed(s: Scene) -> Story:
    """Nothing fits tonight: she waits with a neighbour, and is looked after until there is room."""
    yield from _taken_on(s)
    yield from _known(s, "bed", level="high", threat_to_kill="yes")
    stay = s.request_bed(children=7)
    yield HOUR
    s.bed(
        "settle_elsewhere", s.worker, stay, kind="neighbour", next_check_at=s.stage.now + 5 * HOUR
    )
    yield 4 * HOUR
    s.bed("check_elsewhere", s.worker, stay, safe=True, next_check_at=s.stage.now + 6 * HOUR)
    yield 5 * HOUR
    s.bed("cancel_request", s.worker, stay, reason="own_decision")
    s.assess("standard")
    yield from _through(s, "safe")


def nobody_answers(s: Scene) -> Story:
    """The health centre has no room that day; the request goes unanswered elsewhere."""
    yield from _taken_on(s)
    yield from _known(s, "doctor")
    s.send("health", "urgent")
    yield 2 * HOUR
    chau = s.world["health"]
    for reference in s.asked(chau, state="SENT"):
        s.decline(chau, reference, "full")
    yield from _through(s, "safe")


def hold_lapses(s: Scene) -> Story:
    """A bed is held and nobody comes: is she safe?"""
    yield from _taken_on(s)
    yield from _known(s, "bed", level="raised")
    keeper = s.world["keepers"]["tamlanh-dinhcao"]
    stay = s.request_bed(children=1)
    yield s.soon("answer")
    s.bed("hold_beds", keeper, stay)
    yield 2 * HOUR
    s.answer_alerts(s.worker)
    s.safe()
    yield from _through(s, "safe")


def consent_withdrawn(s: Scene) -> Story:
    """She sleeps in the shelter and takes the sharing back: the stay goes on."""
    yield from _taken_on(s)
    yield from _known(s, "doctor", "bed", level="raised")
    keeper = s.world["keepers"]["tamlanh-binhminh"]
    stay = s.request_bed(children=1)
    yield s.soon("answer")
    s.bed("hold_beds", keeper, stay)
    yield HOUR / 2
    s.bed("admit", keeper, stay)
    s.send("health")
    yield 3 * HOUR
    s.withdraw("service", "health")
    yield 3 * DAY
    s.bed("discharge", keeper, stay, reason="own_place", next_place="rented")
    s.assess()
    yield from _through(s, "own_decision")


def told_twice(s: Scene) -> Story:
    """Police and the Union tell of the same evening; the second report is joined to the first."""
    yield from _taken_on(s)
    yield from _known(s, "talk")
    first = s.case
    s.report(s.team["union"] or s.team["officer"])
    second = s.case
    s.case = first
    yield s.soon("claim")
    s.join(second)
    yield s.soon("plan")
    s.case = second
    s.approve(by=s.another())
    s.case = first
    yield from _through(s, "safe")


def handed_over(s: Scene) -> Story:
    """The provincial centre takes the whole case on."""
    yield from _taken_on(s)
    s.describe()
    s.agree_to_handover()
    s.assess("raised")
    reference = s.hand_over()
    yield s.soon("visit")
    centre = s.world["centre"]
    s.accept(centre["worker"], reference)
    s.worker = centre["worker"]
    s.team = s.team | {"supervisor": centre["supervisor"], "second": centre["supervisor"]}
    yield s.soon("claim")
    s.claim()
    yield from _through(s, "safe")


def unknown_place(s: Scene) -> Story:
    """She rings and does not say where she is: the duty desk stays with her."""
    desk = s.world["desk"][1]
    s.report(s.world["operator"], place="", conflict="unanswered", danger_now="unknown")
    yield s.soon("answer")
    s.answer_alerts(desk)
    s.worker, s.team = desk, s.team | {"supervisor": desk}
    yield s.soon("claim")
    s.claim()
    s.note(reached=False, way="call")
    yield s.soon("plan")
    s.note(reached=True, way="call", alone=True, safe_again="call")


def lost_contact(s: Scene) -> Story:
    """Three safe tries on three days in three ways, then it rests."""
    yield from _taken_on(s)
    s.describe()
    s.could_not_ask()
    s.assess()
    for way in ("call", "visit", "through_companion"):
        yield DAY + HOUR
        s.note(reached=False, way=way)
    s.propose("lost_contact")
    yield s.soon("plan")
    s.return_closure()
    yield 2 * DAY
    s.propose("lost_contact")
    yield s.soon("plan")
    s.approve()


def life_first(s: Scene) -> Story:
    """No worker yet, and her life is in danger: procedure is overtaken, with one sentence."""
    s.report(s.team["officer"], danger_now="yes", needs=("police",))
    yield s.soon("answer")
    s.answer_alerts(s.worker)
    s.overtake()
    yield s.soon("plan")
    s.review_overrides()
    s.safe()
    yield s.soon("plan")
    s.claim()
    yield from _known(s, "police", "talk", level="high")


def glass(s: Scene) -> Story:
    """The worker is away; a colleague opens what is needed, and says why."""
    yield from _taken_on(s)
    yield from _known(s, "talk", level="high")
    if s.colleague():
        s.break_glass(s.colleague())
    yield from _through(s, "safe")


def walk_in(s: Scene) -> Story:
    """She stands at the shelter's door."""
    keeper = s.world["keepers"]["tamlanh-dongtao"]
    s.walk_in(keeper)
    yield s.soon("visit")


def fresh(s: Scene) -> Story:
    """A report that just came in."""
    s.report(s.team["officer"], needs=("talk",))
    yield s.soon("claim")


STORIES: dict[str, Tale] = {
    tale.__name__: tale
    for tale in (
        support, shelter_night, refused, union_listens, child_at_school, conflict, no_bed,
        nobody_answers, hold_lapses, consent_withdrawn, told_twice, handed_over, unknown_place,
        lost_contact, life_first, glass, walk_in, fresh,
    )
}  # fmt: skip


def _taken_on(s: Scene, by: str = "") -> Story:
    """Reported, answered, taken on by a worker."""
    s.report(by or s.team["officer"])
    yield s.soon("answer")
    s.answer_alerts(s.team["supervisor"])
    yield s.soon("claim")
    s.claim()
    yield s.soon("visit")


def _known(s: Scene, *answers: str, level: str = "standard", **dangers: str) -> Story:
    """Described, assessed, asked."""
    s.describe()
    s.ask(*answers)
    s.assess(level, **dangers)
    yield s.soon("plan")


def _through(s: Scene, reason: str) -> Story:
    """Planned, carried out, followed up, closed by another person."""
    s.plan("safety", "practical")
    yield s.soon("work")
    s.finish_plan()
    s.follow()
    for _visit in range(2):
        yield from s.visit()
    s.end_referrals()
    s.confer()
    s.assess()
    s.propose(reason)
    yield s.soon("plan")
    s.approve()
