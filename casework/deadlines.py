"""The clocks of a case: begun, met, begun again, stopped. All with the case in hand.

How long a clock runs and by which calendar the province's data says; a clock runs from when the
thing happened, not from when it was typed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.models import Case, Deadline, Death
from casework.rules import TYPED
from network import registry
from safekeeping import events, rls
from safekeeping.records import Record

# What would ask something of her, or ask after her: it stops when she has died.
OF_HER = (
    "safe_check", "reassess", "consent_ask", "follow_up_due", "safe_elsewhere", "hold_until",
    "away_back", "stay_review", "health_72h", "health_120h", "accused_release",
)  # fmt: skip
# What one person did and another looks at: theirs who were asked, whoever has the case meanwhile.
REVIEWS = ("death_review", "override_review", "break_glass_words", "break_glass_review")
# What looks back runs on when the case closes: what her death began, what passed a guard.
LOOKS_BACK = (*REVIEWS, "debrief")
# What a worker's name ends: nobody need be told, found or found again.
MET_BY_A_WORKER = ("notify_chairman", "assign_handler", "without_worker")


@dataclass(frozen=True)
class Clock:
    """A clock to begin: which, for whom, about what; `met_at` for one that is met at once."""

    code: str
    agency_id: int
    at: datetime
    variant: str = ""
    subject: Record | None = None
    met_at: datetime | None = None
    due_at: datetime | None = None  # where the thing itself says by when


def start(case: Case, clock: Clock, *, now: datetime | None = None) -> Deadline:
    """Begin a clock; the one that runs already for this subject is left running.

    now: when this is written down, if not when it began.
    """
    found: Deadline | None = _open(case.pk, clock.code, about=clock.subject or case).first()
    return found or begin(case, clock, now=now)


def begin(case: Case, clock: Clock, *, now: datetime | None = None) -> Deadline:
    """The same of a clock that cannot be running yet, by what goes before it: one statement."""
    return start_all(case, [clock], now=now or clock.at)[0]


def start_all(case: Case, clocks: Iterable[Clock], *, now: datetime) -> list[Deadline]:
    """Begin several at once, in one statement; none of them may be running yet."""
    return Deadline.objects.bulk_create([_row(case, clock, now) for clock in clocks])


def _row(case: Case, clock: Clock, now: datetime) -> Deadline:
    kind = registry.clock(clock.code, clock.variant, registry.localdate(clock.at))
    due = clock.due_at or registry.due(clock.code, clock.at, clock.variant)
    subject = clock.subject or case
    return Deadline(
        case=case,
        clock=clock.code,
        variant=kind.variant,
        agency_id=clock.agency_id,
        subject_kind=subject._meta.model_name or "",
        subject=subject.reference,
        source=kind.source[:240],
        started_at=clock.at,
        due_at=due,
        met_at=clock.met_at,
        late_entry=due <= now,
    )


def meet(case: Case, *codes: str, at: datetime, subject: Record | None = None) -> int:
    """It was done, at `at`; without a subject every running clock of these. Says how many."""
    done: int = _open(case.pk, *codes, about=subject).update(met_at=at)
    return done


def answer_checks(case: Case, *, at: datetime) -> bool:
    """She was known to be safe at `at`; returns whether that answers every question asked so far.

    What is known of before a question says nothing to it: it is left running.
    """
    answer(case, "safe_check", at=at)
    return waits_since(case.pk, "safe_check") is None


def seen_again(case: Case, *, actor: rls.ActorLike | None, at: datetime) -> None:
    """Who had a bed and was missed is there again: asked because of a stay, it is answered.

    Records safe_check.met if nothing else is asked after her.
    """
    asked = _open(case.pk, "safe_check", about=None).filter(subject_kind="stay")
    if asked.update(met_at=at) and waits_since(case.pk, "safe_check") is None:
        events.record("safe_check.met", subject=case, actor=actor, at=at, code="seen_safe")


def answer(case: Case, code: str, *, at: datetime) -> None:
    """What was so at `at` answers what had been asked by then, and nothing that was asked since.

    What was asked in the very minute that was typed was asked before. Our choice.
    """
    asked = _open(case.pk, code, about=None)
    asked.filter(started_at__lt=at + TYPED).update(met_at=at)


def worker_found(case: Case, *, at: datetime) -> None:
    """Somebody works on the case: what told the owner of it and what waits for one is met."""
    meet(case, *MET_BY_A_WORKER, at=at)


def restart(case: Case, clock: Clock, *, now: datetime | None = None) -> Deadline:
    """Meet what runs and begin anew, for what has to be done again and again."""
    meet(case, clock.code, at=clock.at, subject=clock.subject)
    return start(case, clock, now=now)


def stop(case: Case, *codes: str, at: datetime, reason: str, subject: Record | None = None) -> int:
    """It need not be done any more, by a rule rather than by somebody's waiver."""
    rows = _open(case.pk, *codes, about=subject)
    done: int = rows.update(waived_at=at, waive_reason=reason)
    return done


def stop_all(case_id: int, *, at: datetime, reason: str) -> int:
    """The same for everything that runs, when a case closes; but for what looks back."""
    rows = running(case_id).exclude(clock__in=LOOKS_BACK)
    done: int = rows.update(waived_at=at, waive_reason=reason)
    return done


def stop_these(rows: Iterable[Deadline], *, at: datetime, reason: str) -> int:
    """The same for some that run."""
    found = Deadline.objects.filter(pk__in=[row.pk for row in rows])
    done: int = found.update(waived_at=at, waive_reason=reason)
    return done


def move(case: Case, *, old_agency_id: int, new_agency_id: int, but: Collection[str] = ()) -> int:
    """What ran for one agency runs on for another, unbroken; but for these clocks."""
    theirs = running(case.pk).filter(agency_id=old_agency_id).exclude(clock__in=but)
    done: int = theirs.update(agency_id=new_agency_id)
    return done


def safe_check(
    case: Case, *, at: datetime, now: datetime | None = None, subject: Record | None = None
) -> Deadline | None:
    """Ask "is she safe?": the owner's people have an hour at high risk, else four.

    Asked once while it is open, never of a closed case nor once she has died. Records
    safe_check.raised.
    """
    if not case.is_live:
        return None
    if Death.objects.standing().filter(case_id=case.pk).exists():
        return None
    clock = Clock("safe_check", case.owner_id, at, variant=case.risk_level, subject=subject)
    found: Deadline | None = _open(case.pk, clock.code, about=subject or case).first()
    if found is not None:
        return found
    row = begin(case, clock, now=now)
    events.record(
        "safe_check.raised", subject=row, actor=rls.acting_ids(), at=now or at, happened_at=at
    )
    return row


def running(case_id: int) -> Any:
    """Clocks of a case that are neither met nor waived; breached ones run on, visibly late."""
    return Deadline.objects.filter(case_id=case_id, met_at=None, waived_at=None)


def waits_since(case_id: int, clock: str) -> datetime | None:
    """Since when a clock of this code has been running; None if none is."""
    open_ones = running(case_id).filter(clock=clock).order_by("started_at")
    found: datetime | None = open_ones.values_list("started_at", flat=True).first()
    return found


def _open(case_id: int, *codes: str, about: Record | None) -> Any:
    rows = running(case_id).filter(clock__in=codes)
    return rows if about is None else rows.filter(subject=about.reference)
