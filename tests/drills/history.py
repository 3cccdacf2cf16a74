"""What a drill knows of a house: the answers it was given, and the end state; and what is wrong.

The checker trusts nothing in between: an acknowledged answer must stand in the end state, and the
end state must be whole in itself. Plain values in, findings out.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RINGING = frozenset({"OPEN", "NOTIFIED", "EXHAUSTED"})
WITHIN = timedelta(seconds=60)  # a killed sender's claim, four times over: machines are busy
# What an acknowledged act has left behind for good: the states that its row may be in.
LEFT = {
    "claim": ("case", frozenset({"DETECTED"})),
    "hold": ("stay", frozenset({"REQUESTED"})),
    "accept": ("referral", frozenset({"SENT", "LAPSED"})),
    "void": ("stay", frozenset({"REQUESTED", "HELD"})),
    "answer": ("alert", RINGING),
}
PARTS = ("case", "survivor", "incident", "clocks", "event", "alert", "run", "access", "key")


@dataclass(frozen=True)
class Answer:
    """One acknowledged answer: the act, and the reference of the row it was done to or made."""

    act: str
    reference: str


@dataclass(frozen=True)
class Finding:
    """Something wrong; `kind` is counted by the drill."""

    kind: str
    about: str


@dataclass(frozen=True)
class Fault:
    """What was struck, and when all ran again: seconds of one clock."""

    about: str
    struck: float
    back: float


@dataclass(frozen=True)
class Use:
    """A live use of a bed; an end of None is open."""

    bed: int
    stay: str
    starts: datetime
    ends: datetime | None


@dataclass(frozen=True)
class Try:
    """One attempt; `texts`: how often the operator took it."""

    reference: str
    state: str
    next_try_at: datetime | None
    texts: int


@dataclass(frozen=True)
class Alert:
    """An alert and its tries: `texts` that the operator took for it."""

    reference: str
    state: str
    next_action_at: datetime | None
    tries: tuple[Try, ...] = ()


@dataclass
class End:
    """The end state, read past every policy.

    reports: reference → how many rows of each part it has. states: (table, reference) → state.
    orphans: rows that stand without what they belong to. twice: forms that had two effects.
    """

    at: datetime
    reports: dict[str, dict[str, int]] = field(default_factory=dict)
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    held: frozenset[str] = frozenset()
    broken_chain: int = 0


def check(answers: list[Answer], end: End, *, faults: int) -> list[Finding]:
    """Everything that is wrong. `faults`: how many texts may have gone out once too often."""
    found = [*_lost(answers, end), *_half(end), *_booked_twice(end)]
    found += [finding for alert in end.alerts for finding in _unrung(alert, end.at)]
    found += [Finding("second effect", one) for one in end.twice]
    if duplicates(end) > faults:
        found.append(Finding("too many texts", f"{duplicates(end)} for {faults} faults"))
    if end.broken_chain:
        found.append(Finding("broken chain", str(end.broken_chain)))
    return found


def duplicates(end: End) -> int:
    """Texts that went out once more than needed."""
    return sum(max(0, each.texts - 1) for alert in end.alerts for each in alert.tries)


def waits(faults: list[Fault], alerts: list[tuple[float, float]]) -> list[tuple[int, float]]:
    """How long alerts that stood untold at a fault waited for their first text once all ran again.

    faults: in order. alerts: (opened, first text), in seconds of the same clock. Of each: how many
    faults it outlived untold, and the seconds from when all ran again after the first of them, less
    what the later ones took; nought where it was told before all ran again.
    """
    outlived = [
        (texted, [one for one in faults if opened < one.struck < texted])
        for opened, texted in alerts
    ]
    return [(len(these), _ran(texted, these)) for texted, these in outlived if these]


def _ran(texted: float, faults: list[Fault]) -> float:
    first, *later = faults
    down = sum(min(one.back, texted) - one.struck for one in later)
    return max(0, texted - first.back - down)


def count(found: list[Finding]) -> Counter[str]:
    """How many findings of each kind."""
    return Counter(finding.kind for finding in found)


def _lost(answers: list[Answer], end: End) -> Iterator[Finding]:
    """What was acknowledged and is not there."""
    for answer in answers:
        if answer.act == "report":
            if answer.reference not in end.reports:
                yield Finding("lost answer", f"report {answer.reference}")
            continue
        table, before = LEFT[answer.act]
        if end.states.get((table, answer.reference), "gone") in before | {"gone"}:
            yield Finding("lost answer", f"{answer.act} {answer.reference}")


def _half(end: End) -> Iterator[Finding]:
    """Reports, acknowledged or not, that are there in part."""
    for reference, parts in end.reports.items():
        missing = [part for part in PARTS if not parts.get(part)]
        if missing:
            yield Finding("half-written case", f"{reference}: no {', '.join(missing)}")
    yield from (Finding("half-written case", orphan) for orphan in end.orphans)


def _booked_twice(end: End) -> Iterator[Finding]:
    """Two live uses of a bed at once, and a held stay without its bed."""
    by_bed: dict[int, list[Use]] = {}
    for use in end.uses:
        by_bed.setdefault(use.bed, []).append(use)
    for bed, uses in by_bed.items():
        uses.sort(key=lambda use: use.starts)
        for i, first in enumerate(uses):
            for second in uses[i + 1 :]:
                if first.ends is None or second.starts < first.ends:
                    yield Finding("double booking", f"bed {bed}: {first.stay}, {second.stay}")
    with_bed = {use.stay for use in end.uses}
    yield from (Finding("held without a bed", stay) for stay in sorted(end.held - with_bed))


def _unrung(alert: Alert, at: datetime) -> Iterator[Finding]:
    """A ringing alert that no sweep would find, or whose texts are only believed to be out."""
    for each in alert.tries:
        if each.state in {"SENT", "DELIVERED"} and not each.texts:
            yield Finding("lost alert", f"{each.reference} is noted as sent, and never was")
    if alert.state not in RINGING:
        return
    if alert.next_action_at is None:
        yield Finding("lost alert", f"{alert.reference} waits for nothing")
    waits = [t for t in alert.tries if t.state == "QUEUED" and t.next_try_at is not None]
    if any(t.texts for t in alert.tries) or any(t.next_try_at <= at + WITHIN for t in waits):  # type: ignore[operator]
        return
    overdue = alert.next_action_at is not None and alert.next_action_at < at - WITHIN
    if alert.state != "OPEN" or overdue:
        yield Finding("lost alert", f"{alert.reference} rings nobody")
