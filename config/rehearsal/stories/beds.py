"""Nights away from home."""

from config.rehearsal.scene import Scene
from config.rehearsal.stage import Story
from config.rehearsal.stories.steps import DAY, HOUR, known, served, taken_on, through


def shelter_night(s: Scene) -> Story:
    """A mother with two children at night: a bed, a doctor, back to a safe home."""
    s.sex = "female"
    s.report(s.team["officer"], danger_now="yes", needs=("bed", "doctor"), children_count=2,
             circumstances=frozenset({"child"}))  # fmt: skip
    yield s.soon("answer")
    keeper, asked = s.any_keeper(), s.stay_asked()
    slept = False
    if asked and s.hold(keeper, asked.reference):
        yield s.soon("answer")
        s.bed("admit", keeper, asked.reference)
        slept = True
    s.claim()
    yield s.soon("visit")
    yield from known(s, "doctor", "bed", level="high")
    yield s.soon("work")
    if asked and slept:
        s.bed("review_stay", keeper, asked.reference)
        yield s.soon("work")
        s.bed("discharge", keeper, asked.reference, reason="relatives", next_place="relatives")
    elif asked and asked.state in ("REQUESTED", "WAITING"):
        s.bed("cancel_request", s.worker, asked.reference, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")


def full_house(s: Scene) -> Story:
    """Nothing fits tonight: she waits with a neighbour, and is looked after until there is room."""
    yield from taken_on(s)
    yield from known(s, "bed", level="high", threat_to_kill="yes")
    stay = s.request_bed(children=9)
    yield HOUR
    s.bed("settle_elsewhere", s.worker, stay, kind="neighbour",
          next_check_at=s.stage.now + 5 * HOUR)  # fmt: skip
    yield 4 * HOUR
    s.bed("check_elsewhere", s.worker, stay, safe=True, next_check_at=s.stage.now + 6 * HOUR)
    yield 5 * HOUR
    s.bed("cancel_request", s.worker, stay, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")


def hold_lapses(s: Scene) -> Story:
    """A bed is held and nobody comes: is she safe?"""
    yield from taken_on(s)
    yield from known(s, "bed", level="raised")
    stay = s.request_bed(children=1, sex="female")
    yield s.soon("answer")
    s.hold(s.any_keeper(), stay)
    yield 2 * HOUR
    s.safe()
    if s.stays[stay].state in ("REQUESTED", "WAITING"):
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
    yield from through(s, "safe")


def leaves_untold(s: Scene) -> Story:
    """One morning she is gone, and nobody knows where to; she is found at her aunt's."""
    yield from taken_on(s)
    yield from known(s, "bed", "talk", level="raised")
    stay, keeper = s.request_bed(sex="female"), s.any_keeper()
    yield s.soon("answer")
    if s.hold(keeper, stay):
        s.bed("admit", keeper, stay)
        yield 2 * DAY
        s.bed("leave_untold", keeper, stay)
        yield 2 * HOUR
        s.safe("seen_safe")
    else:
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
    yield from through(s, "safe")


def wrong_bed(s: Scene) -> Story:
    """Held for her by mistake, and made good in the same minute."""
    yield from taken_on(s)
    yield from known(s, "bed", "talk", level="raised")
    stay, keeper = s.request_bed(sex="female"), s.any_keeper()
    if s.hold(keeper, stay):
        s.bed("void_stay", keeper, stay, reason="wrong_bed")
    else:
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
    yield from through(s, "safe")


def moves_on(s: Scene) -> Story:
    """A night in one house, the days after in another, further away from him."""
    yield from taken_on(s)
    yield from known(s, "bed", level="raised")
    near, far = list(s.world["keepers"].values())[:2]
    stay = s.request_bed(sex="female")
    yield s.soon("answer")
    if not s.hold(near, stay):
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
        yield from through(s, "safe")
        return
    s.bed("admit", near, stay)
    yield DAY
    s.bed("ask_transfer", near, stay)
    other = s.stay_asked()
    if other and s.hold(far, other.reference):
        s.bed("transfer", near, stay)
        s.bed("admit", far, other.reference)
        yield 3 * DAY
        s.bed("discharge", far, other.reference, reason="own_place", next_place="rented")
    else:
        s.bed("discharge", near, stay, reason="relatives", next_place="relatives")
        if other:
            s.bed("cancel_request", s.worker, other.reference, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")


def walk_in(s: Scene) -> Story:
    """She stands at the shelter's door; the duty desk hears of her in the same minute."""
    desk, at_home = s.world["desk"], s.worker
    s.sex, s.worker = "female", desk[0]
    s.team = {**s.team, "supervisor": desk[1], "second": desk[0]}
    keeper = s.door_with_a_bed()
    if not keeper:  # every house is full: she is told of by telephone
        s.team, s.worker = s.home, at_home
        yield from taken_on(s)
        yield from known(s, "talk")
        yield from through(s, "safe")
        return
    stay = s.stay_asked()
    yield s.soon("claim")
    s.claim()
    s.ask("bed", "talk")
    s.assess("raised")
    yield s.soon("work")
    if stay:
        s.bed("discharge", keeper, stay.reference, reason="relatives", next_place="relatives")
    yield from through(s, "safe")


def sleeps_after_doctor(s: Scene) -> Story:
    """A doctor first, then a bed that is kept for the evening."""
    yield from taken_on(s)
    yield from known(s, "doctor", "bed", level="raised")
    yield from served(s, "health", "urgent")
    stay, keeper = s.request_bed(sex="female"), s.any_keeper()
    if s.hold(keeper, stay, planned=True):
        yield 8 * HOUR
        s.bed("admit", keeper, stay)
        yield 5 * DAY
        s.bed("discharge", keeper, stay, reason="went_home", next_place="home_alone")
    else:
        s.bed("cancel_request", s.worker, stay, reason="own_decision")
    s.assess("standard")
    yield from through(s, "safe")
