"""What falls due is found in the rows themselves: requests that nobody answered in time."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from casework import deadlines
from casework.models import Case
from network import endings, registry
from network.actors import Actor, system_actor
from referral import recipients, requests
from referral.models import ASKED, DONE, IN_WORK, LIVE, Kind, Referral, State, Urgency
from referral.moving import moved
from safekeeping import events, rls
from safekeeping.sweeps import each, sweep

SWEEP = "sweep"
ENDED = "ended"  # why a request is taken back: the office asked is no more, and has no heir
# What an office still has to do: live requests, and a "stop" that it has not read.
HELD = (Q(state__in=LIVE) & ~DONE) | Q(state=State.REVOKED, stop_seen_at=None)


def _waiting() -> Any:
    return Referral.objects.filter(state=State.SENT, kind__in=(Kind.SERVICE, Kind.HANDOVER))


@sweep("referrals", moments=lambda: _waiting().values("answer_due"))
def lapse_unanswered(now: datetime) -> int:
    """Lapse what fell due; an emergency is sent to the next agency at once, the rest is proposed.

    Each in a transaction of its own, under its case's lock; returns how many lapsed.
    Records referral.lapsed (code: sent_on, proposed or nobody_left), and referral.sent.
    """
    with rls.acting(actor=None, now=now, system=SWEEP):
        due = _waiting().filter(answer_due__lte=now)
        found = list(due.order_by("answer_due", "pk").values_list("case_id", "pk"))
    return each(_lapse, found, now)


def _lapse(case_id: int, pk: int, now: datetime) -> bool:
    """Whether it still waited once the case was in hand."""
    actor = system_actor(SWEEP)
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        referral = Referral.objects.select_related("case", "to_agency").get(pk=pk)
        if referral.state != State.SENT or referral.answer_due > now:
            return False
        referral.lapse(at=now)
        following = _next(referral, referral.case, now)
        moved(
            referral, "referral.lapsed", actor=actor, now=now, before=State.SENT,
            fields=("lapsed_at",), code=_what_follows(referral, following),
        )  # fmt: skip
        if following is not None:
            draft = requests.again(referral, following)
            requests.send(referral.case, draft, actor=actor, now=now)
    return True


@sweep("referral_succession")
def pass_to_successors(now: datetime) -> int:
    """Live requests of an office that ended pass to its successor, clocks unbroken.

    Without one, or where blocks keep it out, what waits is taken back and work is returned. A line
    "stop, do not contact" that nobody has read passes on too.
    Records referral.succeeded, referral.withdrawn or referral.returned.
    """
    day = registry.localdate(now)
    with rls.acting(actor=None, now=now, system=SWEEP):
        left = Referral.objects.filter(HELD, to_agency__valid_to__lte=day)
        found = list(left.order_by("case_id", "pk").values_list("case_id", "pk"))
    return each(_pass_on, found, now)


def _pass_on(case_id: int, pk: int, now: datetime) -> bool:
    actor, day = system_actor(SWEEP), registry.localdate(now)
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        row = Referral.objects.select_related("case__place", "to_agency__successor").get(pk=pk)
        if not Referral.objects.filter(HELD, pk=pk).exists() or row.to_agency.holds(day):
            return False
        heir = registry.successor_of(row.to_agency, day, place=row.case.place)
        taken = recipients.among(row.case, [heir] if heir else [], now)
        if taken:
            _hand_to(row, taken[0], actor, now)
        elif row.state == State.REVOKED:
            return _read_by_nobody(row, now)
        elif row.state in ASKED:
            requests.withdraw(row, row.case, reason=ENDED, actor=actor, now=now)
        else:
            requests.give_back(row, reason="cannot_continue", actor=actor, now=now)
    return True


def _read_by_nobody(row: Referral, now: datetime) -> bool:
    """Nobody is left who could call her: the line needs no reader."""
    row.stop_seen_at = now
    row.save(update_fields=["stop_seen_at"])
    return True


@endings.holding
def held(agency_id: int, now: datetime) -> dict[str, int]:
    """Requests that an agency has to answer or works on."""
    with rls.acting(actor=rls.Ids(agency_id=agency_id), now=now, system=SWEEP):
        return {"referrals": Referral.objects.filter(HELD, to_agency=agency_id).count()}


def _hand_to(row: Referral, heir: recipients.Recipient, actor: Actor, now: datetime) -> None:
    """The same request at the heir: its clock, what was opened, the way to her."""
    old_id, is_open = row.to_agency_id, row.state in IN_WORK
    requests.close_groups_of(row, now)
    row.to_agency, row.outside = heir.agency, not heir.connected
    row.save(update_fields=["to_agency", "outside"])
    deadlines.move(row.case, old_agency_id=old_id, new_agency_id=heir.agency.pk)
    if is_open:
        requests.open_groups_of(row, row.case, now)
    if row.is_live and row.shows_the_way and row.is_request:
        requests.show_way(row)
    events.record("referral.succeeded", subject=row, actor=actor, at=now, to_state=row.state)


def _next(referral: Referral, case: Case, now: datetime) -> recipients.Recipient | None:
    """Who is asked without a person choosing: in an emergency only."""
    if referral.urgency != Urgency.EMERGENCY or referral.kind != Kind.SERVICE:
        return None
    return recipients.first_offer(requests.next_offers(referral, case, now))


def _what_follows(referral: Referral, following: recipients.Recipient | None) -> str:
    """The event's code: an emergency is sent on, or nobody is left; the rest is proposed."""
    if referral.urgency != Urgency.EMERGENCY:
        return "proposed"
    return "sent_on" if following is not None else "nobody_left"
