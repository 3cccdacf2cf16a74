"""The end of a case: proposed by one, approved by another; and its beginning again."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from casework import access, another, closing, deadlines, naming, policy, staff
from casework.actions.follow_up import cancel_planned
from casework.closing import LINKED
from casework.deadlines import Clock
from casework.groups import Words, words_of
from casework.guards import fresh
from casework.holds import holds_on
from casework.instruments import is_high
from casework.models import (
    Access,
    Assessment,
    Case,
    Closure,
    Conference,
    Death,
    Link,
    Note,
)
from casework.paths import moment
from network import registry
from network.actors import Actor
from network.roles import Role
from safekeeping import erasure, events, rls
from safekeeping.errors import RuleBroken, require

DUPLICATE = "duplicate"  # kind of a link: two reports of one event


def propose_closure(
    *,
    actor: Actor,
    reference: UUID,
    reason: str,
    checklist: Collection[str] = (),
    words: str = "",
    now: datetime,
    version: int | None = None,
) -> UUID:
    """Propose to close a case; returns the proposal's reference.

    Another person decides; where the owner's office has none, one who leads outside (`another`).
    Nothing may hold it (`holds`): a live stay, an open referral, an open alert. At high
    risk an assessment of the last seven days and a conference; lost contact needs safe tries.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (closing or closed already),
    RuleBroken("closure-reason", "closure-held", "assessment-old", "conference-missing",
    "tries-missing", "death-missing", "link-missing", "safe-check-open"), Stale. Records
    case.closure_proposed with the reason.
    """
    if reason not in closing.REASONS:
        raise RuleBroken("closure-reason")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_propose_closure(actor, case))
        fresh(case, version, state=str(case.state))
        row = propose(case, reason, checklist=checklist, words=words, actor=actor, now=now)
    return row.reference


def propose(
    case: Case,
    reason: str,
    *,
    checklist: Collection[str] = (),
    words: str = "",
    actor: Actor,
    now: datetime,
) -> Closure:
    """The same in hand, for a link too."""
    before = str(case.state)
    case.propose_closure(reason=reason)
    _require_free(case)
    closing.require(_facts(case, reason), reason, case.risk_level, now=now)
    case.save(update_fields=["state", "closing_from", "closure_reason"])
    row = Closure.born(
        case=case,
        reason=reason,
        checklist=sorted(checklist),
        proposed_by_id=actor.user_id,
        proposed_at=now,
        words=words_of(words),
    )
    another.ask_to_decide(case, row, now=now)
    _record("case.closure_proposed", case, before, actor=actor, now=now, code=reason)
    return row


def _may_decide(actor: Actor, case: Case, row: Closure | None) -> bool:
    if row is None:
        return policy.may_decide_closure(actor, case, by=None)
    asked = Access.objects.live_for(actor).filter(source=row.reference)
    return policy.may_decide_closure(
        actor, case, by=row.proposed_by_id, is_asked=bool(asked.exists())
    )


def _require_free(case: Case) -> None:
    held = holds_on(case.pk)
    if held:
        codes = tuple(sorted(each.code for each in held))
        said = ", ".join(str(each.said) for each in held)
        raise RuleBroken("closure-held", holds=codes, said=said)


def _facts(case: Case, reason: str) -> closing.Facts:
    """What the guards ask about; what only one reason asks is looked up for that one."""
    assessed = Assessment.objects.filter(case_id=case.pk).order_by("-at", "-pk")
    return closing.Facts(
        assessed_at=assessed.values_list("at", flat=True).first(),
        has_conference=Conference.objects.filter(case_id=case.pk).exists(),
        tries=_tries(case) if reason == "lost_contact" else (),
        has_died=reason == "died" and Death.objects.standing().filter(case=case).exists(),
        is_joined=reason == LINKED and _is_joined(case),
        is_asked_after=deadlines.waits_since(case.pk, "safe_check") is not None,
    )


def _tries(case: Case) -> tuple[tuple[date, str], ...]:
    """When and how she was sought since she was last reached."""
    contacts = Note.objects.filter(case_id=case.pk, kind="contact")
    reached = contacts.filter(reached=True).order_by("-at").values_list("at", flat=True).first()
    tries = contacts.filter(reached=False)
    if reached is not None:
        tries = tries.filter(at__gt=reached)
    return tuple((registry.localdate(at), way) for at, way in tries.values_list("at", "way"))


def _is_joined(case: Case) -> bool:
    """Not both of two: the other one is not closed for this one's sake."""
    joined_here = Case.objects.filter(pk=OuterRef("other"), closure_reason=LINKED)
    links = Link.objects.filter(~Exists(joined_here), case=case, kind=DUPLICATE)
    return bool(links.exists())


def approve_closure(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Another person agrees: the case is closed; returns its reference.

    Clocks stop, planned visits are cancelled. Holds are asked once more, and what became known
    since it was proposed: an assessment that was recent then is so now.

    Raises NotVisible, PermissionDenied (the proposer too), TransitionNotAllowed (not proposed),
    RuleBroken("closure-held" and those of the proposal). Records case.closed with the reason.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        row = _proposal(case)
        require(_may_decide(actor, case, row))
        before = str(case.state)
        case.approve_closure(at=now)
        _require_free(case)
        _require_still(case, row.proposed_at if row else now)
        case.save(update_fields=["state", "closed_at"])
        _decide(row, approved=True, actor=actor, now=now)
        cancel_planned(case, actor=actor, when=moment(now, None))
        deadlines.stop_all(case.pk, at=now, reason="case_closed")
        _record("case.closed", case, before, actor=actor, now=now, code=case.closure_reason)
    return reference


def _require_still(case: Case, proposed_at: datetime) -> None:
    reason = str(case.closure_reason)
    closing.require(_facts(case, reason), reason, case.risk_level, now=proposed_at)


def return_closure(
    *, actor: Actor, reference: UUID, why: str, words: str = "", now: datetime
) -> UUID:
    """Another person does not agree yet: back to where it was; returns the case's reference.

    Raises NotVisible, PermissionDenied (the proposer too), TransitionNotAllowed (not proposed),
    RuleBroken("reason-missing"). Records case.closure_returned with why.
    """
    if not why:
        raise RuleBroken("reason-missing")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        row = _proposal(case)
        require(_may_decide(actor, case, row))
        before = str(case.state)
        case.return_closure()
        case.save(update_fields=["state", "closing_from", "closure_reason"])
        _decide(row, approved=False, actor=actor, now=now, words=words)
        _record("case.closure_returned", case, before, actor=actor, now=now, code=why)
    return reference


def _proposal(case: Case) -> Closure | None:
    """The proposal that waits for an answer, if any."""
    rows = Closure.objects.filter(case_id=case.pk, decided_at=None)
    return rows.order_by("-pk").first()


def _decide(
    row: Closure | None, *, approved: bool, actor: Actor, now: datetime, words: str = ""
) -> None:
    if row is None:
        return
    row.decided_by_id, row.decided_at, row.approved = actor.user_id, now, approved
    if words:
        row.words = Words(words)
    row.save(update_fields=["decided_by", "decided_at", "approved", "words"])
    access.end(source=row.reference, at=now)


def reopen_case(*, actor: Actor, reference: UUID, reason: str, now: datetime) -> UUID:
    """Work on a closed case again; returns its reference.

    Never a condition for help: a new report always opens a new case.

    Where the danger stood high it is judged anew, by a clock that the closing had stopped.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (not closed),
    RuleBroken("reason-missing", "erased": nothing can be written in it again). Records
    case.reopened with the reason.
    """
    if not reason:
        raise RuleBroken("reason-missing")
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("owner").get(pk=case_id)
        require(policy.may_reopen(actor, case))
        if erasure.is_erased(case.subject_reference):
            raise RuleBroken("erased")
        before = str(case.state)
        case.reopen()
        if actor.has(Role.CASEWORKER) or not staff.is_worker_still(case, now):
            case.worker_id = actor.user_id
        fields = ["state", "closed_at", "closure_reason", "closing_from", "worker"]
        naming.save_with_alias(case, fields=fields)
        if is_high(case.risk_level):
            again = Clock("reassess", case.owner_id, now, variant=case.risk_level)
            deadlines.start(case, again)
        _record("case.reopened", case, before, actor=actor, now=now, code=reason)
    return reference


def _record(topic: str, case: Case, before: str, *, actor: Actor, now: datetime, code: str) -> None:
    events.record(
        topic,
        subject=case,
        actor=actor,
        at=now,
        from_state=before,
        to_state=str(case.state),
        code=code,
    )
