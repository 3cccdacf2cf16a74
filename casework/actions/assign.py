"""Somebody takes the case on: the owner takes note, a worker is named or comes forward."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework import access, deadlines, policy, rules, staff
from casework.actions import seeing
from casework.actions.override import require_or_override
from casework.models import Case, CaseState
from network.actors import Actor
from network.models import Agency, Membership
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

NOTICE = "notify_chairman"


def acknowledge_notice(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    happened_at: datetime | None = None,
    by_phone: bool = False,
) -> UUID:
    """A person of the owner has taken note; a phone call that is recorded counts.

    reference: the case's, or its emergency card's (the coordinator standing in).
    Raises NotVisible, PermissionDenied, RuleBroken("in-the-future").
    Records notice.acknowledged, and case.stood_in where the coordinator did it.
    """
    at = rules.fact_time(happened_at, now)
    with rls.on_case_of(seeing.case_or_card_ids(actor, reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        if not policy.may_acknowledge(actor, case):
            _stand_in(actor, case, now)
        deadlines.meet(case, NOTICE, at=at)
        events.record(
            "notice.acknowledged", subject=case, actor=actor, at=now, happened_at=at,
            code="phone" if by_phone else "",
        )  # fmt: skip
    return reference


def assign_worker(
    *,
    actor: Actor,
    reference: UUID,
    worker: UUID,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """Give a case that has no worker to one of the owner's.

    worker: a user's reference. reference: the case's, or its emergency card's.
    Raises NotVisible, PermissionDenied, TransitionNotAllowed (has had a worker already), Stale,
    RuleBroken ("in-the-future", "not-a-worker", "worker-blocked"). Records case.assigned
    (and case.stood_in).
    """
    at = rules.fact_time(happened_at, now)
    with rls.on_case_of(seeing.case_or_card_ids(actor, reference)) as case_id:
        case = _loaded(case_id, version)
        if not policy.may_assign(actor, case):
            _stand_in(actor, case, now)
        membership = staff.worker_named(case, worker, now)
        before = _take_up(case)
        _give(case, membership.user_id, at)
        events.record(
            "case.assigned", subject=case, actor=actor, at=now, happened_at=at,
            from_state=before, to_state=case.state, code="assigned",
        )  # fmt: skip
    return reference


def claim_case(
    *,
    actor: Actor,
    reference: UUID,
    now: datetime,
    overriding: str = "",
    version: int | None = None,
) -> UUID:
    """Take on a case of the own office that has no worker.

    Soft guard: shift (where somebody is on duty, it should be that person).
    Raises NotVisible, PermissionDenied, TransitionNotAllowed (closed), Stale, RuleBroken
    ("soft-guard"). Records case.assigned.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = _loaded(case_id, version)
        require(policy.may_claim(actor, case) and actor.user_id is not None)
        failed = () if staff.is_on_shift(actor, now) else ("shift",)
        require_or_override(
            case, actor=actor, action="claim_case", failed=failed, overriding=overriding, now=now
        )
        before = _take_up(case)
        _give(case, actor.user_id or 0, now)
        events.record(
            "case.assigned", subject=case, actor=actor, at=now, from_state=before,
            to_state=case.state, code="claimed",
        )  # fmt: skip
    return reference


def reassign_worker(
    *,
    actor: Actor,
    reference: UUID,
    worker: UUID,
    now: datetime,
    happened_at: datetime | None = None,
    version: int | None = None,
) -> UUID:
    """Give a case to another worker; the state stays.

    Raises NotVisible, PermissionDenied, Stale, RuleBroken ("in-the-future", "not-assigned-yet",
    "not-a-worker", "worker-blocked", "same-worker"). Records case.reassigned.
    """
    at = rules.fact_time(happened_at, now)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = _loaded(case_id, version)
        require(policy.may_assign(actor, case))
        if not _is_in_work(case):
            raise RuleBroken("not-assigned-yet")
        membership = staff.worker_named(case, worker, now)
        if membership.user_id == case.worker_id:
            raise RuleBroken("same-worker")
        _give(case, membership.user_id, at)
        events.record("case.reassigned", subject=case, actor=actor, at=now, happened_at=at)
    return reference


def workers_for(*, actor: Actor, reference: UUID, now: datetime) -> list[Membership]:
    """Whom the two above may name, by given name; whom a block names is left out.

    Raises NotVisible, PermissionDenied.
    """
    with rls.on_case_of(seeing.case_or_card_ids(actor, reference)) as case_id:
        case = _loaded(case_id, None)
        may = policy.may_assign(actor, case) or policy.may_claim(actor, case)
        require(may or _may_stand_in(actor, case_id, now))
        blocked = access.blocked_users(case_id)
        return [one for one in staff.workers_of(case.owner, now) if one.user_id not in blocked]


@dataclass(frozen=True)
class Standing:
    """Who has the case behind a card, and what the desk may do for it.

    waits_since: since when nobody there has taken note; None once somebody has.
    may_note, may_name: say that they know; name a worker for them.
    """

    owner: Agency
    waits_since: datetime | None
    may_note: bool
    may_name: bool

    @property
    def may_from(self) -> datetime | None:
        """From when the desk may act in the owner's place."""
        return self.waits_since and self.waits_since + rules.UNHEARD


def standing_of(*, actor: Actor, reference: UUID, now: datetime) -> Standing:
    """How a case stands that the desk may have to act for; `reference`: the card's or the case's.

    Only looks, with the case in hand. Raises NotVisible.
    """
    with rls.on_case_of(seeing.case_or_card_ids(actor, reference)) as case_id:
        case = _loaded(case_id, None)
        since = deadlines.waits_since(case_id, NOTICE)
    stands_in = policy.may_stand_in(actor, waits_since=since, now=now)
    names = stands_in or policy.may_assign(actor, case)
    return Standing(
        owner=case.owner,
        waits_since=since,
        may_note=since is not None and (stands_in or policy.may_acknowledge(actor, case)),
        may_name=names and case.worker_id is None and case.state != CaseState.CLOSED,
    )


def _loaded(case_id: int, version: int | None) -> Case:
    case: Case = Case.objects.select_related("owner").get(pk=case_id)
    case.require_version(version)
    return case


def _stand_in(actor: Actor, case: Case, now: datetime) -> None:
    """The owner is told that somebody acted in its place. Raises PermissionDenied."""
    require(_may_stand_in(actor, case.pk, now))
    events.record("case.stood_in", subject=case, actor=actor, at=now)


def _may_stand_in(actor: Actor, case_id: int, now: datetime) -> bool:
    since = deadlines.waits_since(case_id, NOTICE)
    return policy.may_stand_in(actor, waits_since=since, now=now)


def _is_in_work(case: Case) -> bool:
    return case.state not in (CaseState.DETECTED, CaseState.CLOSED)


def _take_up(case: Case) -> str:
    """Take the edge to ASSIGNED; a case whose worker left is in work and stays where it is.

    One whose closure is proposed comes back, if it does, to a state that has a worker. Returns the
    state before.
    """
    before = str(case.state)
    if case.worker_id is not None or not _is_in_work(case):
        case.assign()
    elif case.closing_from == CaseState.DETECTED:
        case.closing_from = CaseState.ASSIGNED
    return before


def _give(case: Case, user_id: int, at: datetime) -> None:
    case.worker_id = user_id
    case.save(update_fields=["state", "worker", "closing_from"])
    deadlines.worker_found(case, at=at)
