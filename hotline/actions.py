"""The writers of alerts: open, ring the next rung, answer, cancel.

`open_alerts` and `settle` are called by handlers with the case in hand; `ring_next` and
`look_again` by the sweep; `acknowledge_alert` by a person.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from casework import access, deadlines, staff
from casework.models import Case, Deadline
from hotline import outcomes, policy, rules
from hotline.gateways import live
from hotline.models import ANSWERS, RINGING, Alert, AlertState, Attempt, AttemptState
from network import registry
from network.actors import Actor
from network.registry import Duty
from safekeeping import events, rls
from safekeeping.errors import require
from safekeeping.events import Event

# Nothing is done by being rung, by looking, or by saying that one will do it.
NO_ACTS = ("alert.", "deadline.", "search.", "task.")
LOOKING = ".seen"


def open_alerts(
    *, event: Event, case: Case, agency_ids: Collection[int], emergency: bool, now: datetime
) -> list[Alert]:
    """Ring agencies about an event until a person answers; not those that ring for it already.

    An agency that a conflict block names is not told: the duty desk is, or the owner if the desk is
    blocked too.
    """
    told = _who_is_told(event, case, agency_ids, now)
    alerts = [
        Alert(
            case=case,
            topic=event.topic,
            code=event.code,
            subject_kind=event.subject_kind,
            subject=event.subject,
            agency_id=agency_id,
            emergency=emergency,
            mark=_mark(),
            opened_at=now,
            next_action_at=now,
        )
        for agency_id in told
    ]
    if alerts:
        Alert.objects.bulk_create(alerts)
        who = rls.acting_ids()
        events.record_each("alert.opened", subjects=alerts, actor=who, at=now, code=event.topic)
        live.push_all(
            (live.group_of_agency(one.agency_id), "alert", one.reference) for one in alerts
        )
    return alerts


def _who_is_told(event: Event, case: Case, agency_ids: Collection[int], now: datetime) -> list[int]:
    """These agencies, the desk in the place of a blocked one, less who rings; one statement."""
    about = Alert.objects.ringing().filter(topic=event.topic, subject=event.subject)
    ringing = about.values_list("agency_id", Value(False))
    blocks = access.blocks_of_offices(case.pk)
    found = list(ringing.union(blocks.values_list("agency_id", Value(True)), all=True))
    blocked = {agency_id for agency_id, is_blocked in found if is_blocked}
    told = set(agency_ids) - blocked
    if blocked.intersection(agency_ids):
        told.add(_instead(case, blocked, now))
    return sorted(told - {agency_id for agency_id, is_blocked in found if not is_blocked})


def _instead(case: Case, blocked: Collection[int], now: datetime) -> int:
    """Who is rung in the place of a blocked office: the duty desk, else who has the case."""
    desk = registry.duty_desk(registry.localdate(now))
    if desk is not None and desk.pk not in blocked:
        return desk.pk
    if case.owner_id not in blocked:
        return int(case.owner_id)
    return int(staff.reviewer_outside(case, now).pk)


def acknowledge_alert(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Answer an alert: "I have it". Returns its reference.

    An emergency is looked at again after 30 minutes: if nothing was done it rings once more.
    Raises NotVisible, PermissionDenied, TransitionNotAllowed (answered by another already).
    Records alert.acknowledged. Meets `notify_chairman` when it told the owner of the case.
    """
    with rls.on_case_of(Alert.objects.visible_to(actor).case_ids(reference)):
        alert = Alert.objects.select_related("case").by_reference(reference)
        require(policy.may_acknowledge(actor, alert))
        _acknowledge(alert, actor=actor, now=now)
    return reference


def pass_to_desk(*, actor: Actor, reference: UUID, now: datetime) -> UUID:
    """Ring the duty desk at once: who was reached cannot take it. Returns the alert's reference.

    Raises NotVisible, PermissionDenied, TransitionNotAllowed (answered already).
    Records alert.exhausted.
    """
    with rls.on_case_of(Alert.objects.visible_to(actor).case_ids(reference)):
        alert = Alert.objects.select_related("case").by_reference(reference)
        require(policy.may_acknowledge(actor, alert))
        alert.step = rules.DESK_STEP - 1
        ring_next(alert, now=now)
    return reference


def note_receipt(*, reference: UUID, provider_id: str, status: str, now: datetime) -> None:
    """A provider's word about one text: that it has it, it is on the phone, or it will not be.

    Forward only: a receipt that is late, repeated, unknown or about another text changes nothing.
    It may come before the sending was noted, and then notes it. A receipt never closes an alert:
    only a person does; but one that tells of a failure may have the next person rung at once.
    """
    with rls.acting(actor=None, now=now, system="deliver"):
        found = Attempt.objects.filter(reference=reference).values_list("pk", "case_id").first()
        if found is None:
            return
        with rls.on_case(found[1]):
            outcomes.note_word(Attempt.objects.get(pk=found[0]), provider_id, status, now)


def settle(
    *, event: Event, case_id: int, topics: tuple[str, ...], now: datetime, about: UUID | None = None
) -> None:
    """What the alert rang for was done by a person of an agency rung: that is the answer.

    about: only those about this row.
    """
    ringing = Alert.objects.ringing().select_related("case").filter(case_id=case_id)
    if about is not None:
        ringing = ringing.filter(subject=about)
    rung = Q(agency_id=event.agency_id) | Q(also__contains=[event.agency_id])
    for alert in ringing.filter(rung, topic__in=topics).order_by("pk"):
        _acknowledge(alert, actor=event.originator, now=now)


def settle_clocks(*, event: Event, case_id: int, now: datetime) -> None:
    """What rings for clocks that run no more: answered where the act was, ended elsewhere."""
    for alert in _ringing_in_vain().filter(case_id=case_id).order_by("pk"):
        if alert.agency_id == event.agency_id:
            _acknowledge(alert, actor=event.originator, now=now)
        else:
            _cancel(alert, now)


def cancel_in_vain(alert: Alert, *, now: datetime) -> bool:
    """End an alert whose clock was met or waived meanwhile; in hand. Says whether it was so."""
    found = _ringing_in_vain().filter(pk=alert.pk).exists()
    if found:
        _cancel(alert, now)
    return found


def _ringing_in_vain() -> QuerySet[Alert]:
    """Alerts that ring for a clock which was met or let go; a clock says so by no event."""
    over = Deadline.objects.filter(reference=OuterRef("subject"), case=OuterRef("case"))
    over = over.exclude(met_at=None, waived_at=None)
    ringing: QuerySet[Alert] = Alert.objects.ringing().select_related("case")
    return ringing.filter(Exists(over), subject_kind="deadline")


def cancel_for(*, case_id: int, now: datetime, **about: object) -> None:
    """Stop ringing for what no longer matters; in hand. `about` filters alerts."""
    for alert in Alert.objects.ringing().filter(case_id=case_id, **about).order_by("pk"):
        _cancel(alert, now)


def _cancel(alert: Alert, now: datetime) -> None:
    before = str(alert.state)
    alert.cancel()
    alert.save()
    _drop_queued(alert, now)
    _record("alert.cancelled", alert, before, now)


def hand_on(alert: Alert, office_id: int, heir_id: int, *, now: datetime) -> None:
    """What rang at one office rings at another, from its first rung; in hand.

    When it was opened stays. One that rings there about the same already is enough.
    """
    alert.also = [one for one in alert.also if one != office_id]
    if alert.agency_id == office_id:
        known = Alert.objects.ringing().filter(
            agency_id=heir_id, topic=alert.topic, subject=alert.subject
        )
        if alert.state in RINGING and known.exists():
            return _cancel(alert, now)
        alert.agency_id = heir_id
        if alert.state in (AlertState.OPEN, AlertState.NOTIFIED):
            _drop_queued(alert, now)
            alert.step, alert.next_action_at = -1, now
    elif alert.state in RINGING and heir_id not in (alert.agency_id, *alert.also):
        alert.also = [*alert.also, heir_id]
    alert.save()
    _record("alert.succeeded", alert, str(alert.state), now)


def ring_next(alert: Alert, *, now: datetime) -> list[Attempt]:
    """Go one rung up and queue a try to each person of it; in hand. Returns the tries.

    Rungs on which nobody is on duty are passed at once: an empty roster costs no minute.
    """
    before = str(alert.state)
    barred, blocked = access.blocked(alert.case_id)
    # An office named since it began to ring: nobody there is rung again; nor past its last rung.
    is_over = alert.agency_id in barred or alert.step + 1 >= rules.DESK_STEP
    own = [] if is_over else registry.on_duty(alert.agency_id, now)
    tried = set(Attempt.objects.filter(alert=alert).values_list("shift_id", flat=True))
    left = [one for one in _who_may_answer(own, blocked) if one.shift_id not in tried]
    step, people = _next_rung(alert.step, left)
    began = rules.began(alert.step, due=alert.next_action_at or now)
    next_at = rules.next_rung(step, opened=began, now=now)
    if step >= rules.DESK_STEP:
        offices, people = _last_people(alert, blocked, barred, tried, now)
        alert.exhaust(step=step, next_at=next_at, offices=offices)
    else:
        alert.notify(step=step, next_at=next_at)
    alert.save()
    _record("alert.rung" if step < rules.DESK_STEP else "alert.exhausted", alert, before, now)
    return [_attempt(alert, person, now) for person in people]


def look_again(alert: Alert, *, now: datetime) -> None:
    """An answered emergency, half an hour later: was anything done? If not it opens again.

    One that rings there about the same by now is enough, and is the emergency then.
    """
    again = _same_that_rings(alert)
    if again is not None or _was_acted_upon(alert):
        alert.rest()
        alert.save()
        return
    alert.open_again(at=now)
    alert.save()
    _record("alert.opened_again", alert, AlertState.ACKNOWLEDGED, now)


def _same_that_rings(alert: Alert) -> Alert | None:
    """Opened meanwhile, for the same agency about the same; made the emergency that this was."""
    same = Alert.objects.ringing().filter(
        case_id=alert.case_id, agency_id=alert.agency_id, topic=alert.topic, subject=alert.subject
    )
    found: Alert | None = same.first()
    if found is not None and not found.emergency:
        found.emergency = True
        found.save(update_fields=["emergency"])
    return found


def _acknowledge(alert: Alert, *, actor: rls.ActorLike, now: datetime) -> None:
    before = str(alert.state)
    again = now + rules.MUST_ACT_WITHIN if alert.emergency else None
    alert.acknowledge(user_id=actor.user_id, at=now, again=again)
    alert.save()
    _drop_queued(alert, now)
    events.record(
        "alert.acknowledged",
        subject=alert,
        actor=actor,
        at=now,
        from_state=before,
        to_state=str(alert.state),
        code=alert.topic,
    )
    if actor.agency_id == alert.case.owner_id:
        deadlines.meet(alert.case, "notify_chairman", at=now)
    live.push(live.group_of_agency(alert.agency_id), "alert", alert.reference)


def _drop_queued(alert: Alert, now: datetime) -> None:
    """Nobody needs the texts that were still to go out."""
    for attempt in Attempt.objects.filter(alert=alert, state=AttemptState.QUEUED).order_by("pk"):
        attempt.fail(fault=outcomes.ANSWERED, at=now)
        attempt.save()


def _next_rung(step: int, left: list[Duty]) -> tuple[int, list[Duty]]:
    """The next rung on which somebody is, and who; the desk's, and nobody, if there is none.

    left: who was not rung yet. `turn` 1 is rung first, then 2, then 3 and all after; whoever came
    on duty since an earlier rung is rung along with the next.
    """
    last = rules.DESK_STEP - 1
    for rung in range(step + 1, rules.DESK_STEP):
        people = [one for one in left if min(one.turn, last + 1) <= rung + 1]
        if people:
            return rung, people
    return rules.DESK_STEP, []


def _last_people(
    alert: Alert, blocked: set[int], barred: set[int], tried: set[int], now: datetime
) -> tuple[list[int], list[Duty]]:
    """The duty desk and who is on duty there.

    Where blocks keep it or all of them out, or nobody is there, everybody on duty where it rang,
    for the owner, and at an office outside; who has just been rung, from the next round on.
    """
    desk = registry.duty_desk(registry.localdate(now))
    offices = [desk.pk] if desk is not None and desk.pk not in barred else []
    there = registry.on_duty_in(offices, now)
    people = _who_may_answer(there, blocked)
    if people:
        return offices, people
    others = {alert.agency_id, alert.case.owner_id, staff.reviewer_outside(alert.case, now).pk}
    others -= {*barred, *offices}
    found = registry.on_duty_in(others, now)
    is_kept_out = bool(there) or (desk is not None and desk.pk in barred)
    passed = set[int]() if is_kept_out or alert.state == AlertState.EXHAUSTED else tried
    people = [one for one in _who_may_answer(found, blocked) if one.shift_id not in passed]
    return [*offices, *sorted(others)], people


def _who_may_answer(duty: list[Duty], blocked: set[int]) -> list[Duty]:
    """Whoever would find the alert: no block names them, and a role of theirs answers."""
    free = [one for one in duty if one.user_id not in blocked]
    return [one for one in free if not one.roles.isdisjoint(ANSWERS)]


def _attempt(alert: Alert, person: Duty, now: datetime) -> Attempt:
    attempt: Attempt = Attempt.born(
        case_id=alert.case_id,
        alert=alert,
        agency_id=person.agency_id,
        shift_id=person.shift_id,
        step=alert.step,
        queued_at=now,
        next_try_at=now,
    )
    return attempt


def _was_acted_upon(alert: Alert) -> bool:
    """Whether a person did anything on the case since."""
    since = Event.objects.filter(
        case_id=alert.case_id, actor_id__isnull=False, recorded_at__gte=alert.answered_at
    )
    topics = since.values_list("topic", flat=True)
    return any(not topic.startswith(NO_ACTS) and not topic.endswith(LOOKING) for topic in topics)


def _record(topic: str, alert: Alert, before: str, now: datetime) -> None:
    events.record(
        topic,
        subject=alert,
        actor=rls.acting_ids(),
        at=now,
        from_state=before,
        to_state=str(alert.state),
        code=alert.topic,
    )
    for agency_id in (alert.agency_id, *alert.also):
        live.push(live.group_of_agency(agency_id), "alert", alert.reference)


def _mark() -> int:
    return rules.MARK_LOWEST + secrets.randbelow(rules.MARK_HIGHEST - rules.MARK_LOWEST + 1)
