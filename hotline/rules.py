"""The ladder: who is rung when, how often a failed try is repeated, and what a text may say."""

from datetime import datetime, timedelta

# Our choice: minutes from the opening of an alert to each rung; after the last, the duty desk.
RUNGS = (timedelta(0), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
DESK_STEP = 3  # duty person 0, backup 1, supervisor 2, then the duty desk until someone acts
DESK_EVERY = timedelta(minutes=5)
MUST_ACT_WITHIN = timedelta(minutes=30)  # an emergency acknowledged without an act opens again
# Between two moments of an alert; and as long as a round of the sweep, whose `now` is its
# beginning, or the clocks of two machines may be behind whoever answers.
LONGEST = MUST_ACT_WITHIN + timedelta(minutes=5)

# Our choice: seconds before a passing failure is tried again, each ± 20 %.
RETRIES = (5, 15, 45, 120, 300)
SPREAD = 0.2
# Our choice: who claimed a try and has not answered by then is taken for dead. Longer than a line
# waits for an operator, though the lock of who still waits keeps others away anyhow.
LEASE = timedelta(seconds=15)
UNTIL_KEYS = timedelta(seconds=15)  # our choice: how often a text waits for keys that are away

MARK_LOWEST, MARK_HIGHEST = 1000, 9999
TEXT = "Co viec moi, mo he thong. Ma {mark}"  # GSM letters alone: one part, every phone shows it


def next_rung(step: int, *, opened: datetime, now: datetime) -> datetime:
    """When the rung after `step` is due; never before now, nor later than rungs are apart."""
    if step >= DESK_STEP:
        return now + DESK_EVERY
    return min(max(now, opened + RUNGS[step + 1]), now + DESK_EVERY)


def began(step: int, *, due: datetime) -> datetime:
    """When the ladder began on which the rung after `step` is due then: also the second time."""
    return due - RUNGS[min(step + 1, DESK_STEP)]


def is_due(at: datetime | None, *, now: datetime) -> bool:
    """Whether an alert's moment has come, or is further off than any we set.

    Such a one was set under a clock that was wrong for a while: until then nobody would be rung.
    """
    return at is not None and (at <= now or at > now + LONGEST)


def retry_after(tries: int, *, chance: float) -> timedelta | None:
    """How long to wait after the n-th failed try (1-based); None once it was tried enough.

    chance: in [0, 1), so that many phones are not tried in the same instant.
    """
    if tries > len(RETRIES):
        return None
    spread = 1 - SPREAD + 2 * SPREAD * chance
    return timedelta(seconds=RETRIES[tries - 1] * spread)


def text_of(mark: int) -> str:
    """What a duty phone is sent: that there is work, and a mark to find it by; nothing else.

    Source: our choice after WHO's safety principles; no name, place, agency, case code or link.
    """
    return TEXT.format(mark=mark)
