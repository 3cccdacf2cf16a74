"""Two cases of one event, or of one person: made one, or made known to each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django_fsm import TransitionNotAllowed, can_proceed

from casework import deadlines, policy
from casework.actions.accused import RELEASE, keep_accused
from casework.actions.assess import set_level
from casework.actions.closure import DUPLICATE, propose
from casework.closing import LINKED
from casework.deadlines import Clock
from casework.groups import Informant, Worried
from casework.holds import holds_on
from casework.instruments import highest
from casework.models import Assessment, Case, Deadline, Incident, Link
from casework.paths import moment
from casework.rules import WANTED
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require
from safekeeping.sealed import is_empty, open_fields

PERSON = "person"
CHECK = "safe_check"
CARRIED = (
    "happened_on", "precision", "unit_id", "place_kind", "time_of_day", "gbvims_type", "acts",
    "relation", "accused_sex", "accused_age", "prior",
)  # fmt: skip
JUDGED = ("instrument", "edition", "answers", "score", "level", "raised", "by_id", "at")


@contextmanager
def _both(actor: Actor, reference: UUID, other: UUID) -> Iterator[tuple[int, int]]:
    """See and lock two cases, always in the same order, so that two who link crosswise do not
    wait for ever; yields their ids, in the order named.

    Each is then taken in hand by itself for its writing; the locks stay until the end.
    Raises NotVisible, RuleBroken("same-case").
    """
    seen = Case.objects.visible_to(actor)
    low, high = sorted((reference, other))
    with rls.on_case_of(seen.case_ids(low)) as one, rls.on_case_of(seen.case_ids(high)) as two:
        if one == two:
            raise RuleBroken("same-case")
        yield (one, two) if low == reference else (two, one)


def link_duplicate(*, actor: Actor, reference: UUID, other: UUID, now: datetime) -> UUID:
    """`other` is a second report of the same event: join it to this case; returns the link.

    Its incidents, its clocks, whoever was worried there, a higher level of danger, what she asked
    for and a newer word of where he is are carried over; the rest of it stays where it is: a
    request or a stay there keeps its own clock. Its closure as linked is proposed and waits for
    another person; while something holds it (a live stay, an open alert) it is proposed by hand
    once that has ended.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (the duplicate is closing or closed),
    RuleBroken("same-case", "linked-already", "case-closed"), Unreadable.
    Records case.linked on both, incident.carried, case.reassessed where the level rises,
    safe_check.raised where it was asked there, case.closure_proposed on the duplicate.
    """
    with _both(actor, reference, other) as (kept_id, other_id):
        with rls.on_case(other_id):
            double = Case.objects.get(pk=other_id)
            require(policy.may_link(actor, double))
            taken = _taken_from(double)
        with rls.on_case(kept_id):
            kept = Case.objects.get(pk=kept_id)
            require(policy.may_link(actor, kept))
            _require_linkable(kept, double)
            link = _link(kept, double, DUPLICATE, kept.person, actor=actor, now=now)
            _carry(kept, taken.incidents, actor=actor, now=now)
            _hear(kept, taken.informant)
            _carry_level(kept, taken.assessment, actor=actor, now=now)
            _carry_care(kept, double, now=now)
            _run_on(kept, taken.clocks, now=now)
        with rls.on_case(other_id):
            _link(double, kept, DUPLICATE, kept.person, actor=actor, now=now)
            deadlines.stop_these(taken.clocks, at=now, reason=LINKED)
            if not holds_on(other_id):
                propose(double, LINKED, actor=actor, now=now)
    return link.reference


def link_person(*, actor: Actor, reference: UUID, other: UUID, now: datetime) -> UUID:
    """Two cases of the same person: figures count her once; returns the link's reference.

    Nothing else passes between them.

    Raises NotVisible, PermissionDenied, RuleBroken("same-case", "linked-already").
    Records case.linked on both.
    """
    with _both(actor, reference, other) as (one_id, other_id):
        with rls.on_case(other_id):
            double = Case.objects.get(pk=other_id)
            require(policy.may_link(actor, double))
            person = double.person if _is_known(double) else None
        with rls.on_case(one_id):
            kept = Case.objects.get(pk=one_id)
            require(policy.may_link(actor, kept))
            if Link.objects.filter(case_id=one_id, other_id=other_id).exists():
                raise RuleBroken("linked-already")
            person = kept.person if _is_known(kept) or person is None else person
            link = _link(kept, double, PERSON, person, actor=actor, now=now)
        with rls.on_case(other_id):
            _link(double, kept, PERSON, person, actor=actor, now=now)
    return link.reference


def _is_known(case: Case) -> bool:
    """Linked before: its `person` is shared with a third case and stays."""
    return Link.objects.filter(case=case).exists()


def _require_linkable(kept: Case, double: Case) -> None:
    if not kept.is_live:
        raise RuleBroken("case-closed")
    if Link.objects.filter(case=kept, other=double, kind=DUPLICATE).exists():
        raise RuleBroken("linked-already")
    if not can_proceed(double.propose_closure):
        raise TransitionNotAllowed("the duplicate is closing or closed", object=double)


@dataclass(frozen=True)
class _Taken:
    """What is carried over. assessment: the latest that says how much danger there is."""

    incidents: list[Incident]
    informant: Informant | None
    clocks: list[Deadline]
    assessment: Assessment | None


def _taken_from(double: Case) -> _Taken:
    """What is carried over, opened while its case is in hand."""
    incidents = list(Incident.objects.filter(case=double).order_by("pk"))
    for incident in incidents:
        incident.case = double
    open_fields(incidents, ["account", "perpetrator"])
    open_fields([double], ["informant"])
    found = Assessment.objects.filter(case=double, level=double.risk_level).order_by("-at", "-pk")
    return _Taken(incidents, double.informant, _carried_clocks(double), found.first())


def _carried_clocks(double: Case) -> list[Deadline]:
    """Clocks about the case itself, and whatever asks there if she is safe: it is one person."""
    about = Q(subject_kind="case") | Q(clock=CHECK)
    running = deadlines.running(double.pk).filter(about).exclude(clock=RELEASE)
    return list(running.order_by("pk"))


def _carry(kept: Case, incidents: list[Incident], *, actor: Actor, now: datetime) -> None:
    """The incidents again, under this survivor's key."""
    for one in incidents:
        row = Incident.born(
            case=kept,
            recorded_at=one.recorded_at,
            account=one.account,
            perpetrator=one.perpetrator,
            carried=True,
            **{name: getattr(one, name) for name in CARRIED},
        )
        events.record("incident.carried", subject=row, actor=actor, at=now)


def _hear(kept: Case, informant: Informant | None) -> None:
    """Whoever was worried in the duplicate stands beside whoever was worried here."""
    if informant is None:
        return
    if is_empty(kept, "informant"):
        kept.informant = informant
    else:
        open_fields([kept], ["informant"])
        second = Worried(informant.name, informant.number, informant.relation, informant.words)
        others = (*kept.informant.others, second, *informant.others)
        kept.informant = replace(kept.informant, others=others)
    kept.save(update_fields=["informant"])


def _carry_level(kept: Case, found: Assessment | None, *, actor: Actor, now: datetime) -> None:
    """What the other report knows of danger counts here too; its words stay there."""
    if found is None or highest(kept.risk_level, found.level) == kept.risk_level:
        return
    when = moment(now, found.at)
    Assessment.born(case=kept, recorded_at=now, **{name: getattr(found, name) for name in JUDGED})
    set_level(kept, found.level, when=when)
    events.record(
        "case.reassessed", subject=kept, actor=actor, at=now, happened_at=found.at,
        code=found.level,
    )  # fmt: skip


def _carry_care(kept: Case, double: Case, *, now: datetime) -> None:
    """What she asked for there holds here too, and where he is, if that is the newer word."""
    kept.not_told = sorted({*kept.not_told, *double.not_told})
    for column in WANTED.values():
        setattr(kept, column, getattr(kept, column) and getattr(double, column))
    kept.save(update_fields=["not_told", *WANTED.values()])
    heard, known = double.accused_noted_at, kept.accused_noted_at
    if heard is not None and (known is None or known < heard):
        keep_accused(kept, double.accused_status, double.held_until, moment(now, heard))


def _run_on(kept: Case, clocks: list[Deadline], *, now: datetime) -> None:
    """They run on here, from when they began there."""
    for clock in clocks:
        if _runs(kept, clock.clock):
            continue
        if clock.clock == CHECK:
            deadlines.safe_check(kept, at=clock.started_at, now=now)
            continue
        same = Clock(clock.clock, kept.owner_id, clock.started_at, due_at=clock.due_at)
        deadlines.start(kept, same, now=now)


def _runs(kept: Case, clock: str) -> bool:
    return bool(deadlines.running(kept.pk).filter(clock=clock).exists())


def _link(case: Case, other: Case, kind: str, person: UUID, *, actor: Actor, now: datetime) -> Link:
    if case.person != person:
        case.person = person
        case.save(update_fields=["person"])
    link = Link.born(case=case, other=other, kind=kind, by_id=actor.user_id, at=now)
    events.record("case.linked", subject=case, actor=actor, at=now, code=kind)
    return link
