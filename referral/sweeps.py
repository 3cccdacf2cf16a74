"""What falls due is found in the rows themselves: requests that nobody answered in time."""

from datetime import datetime

from casework.models import Case
from network.actors import Actor, system_actor
from referral import recipients, requests
from referral.models import Kind, Referral, State, Urgency
from safekeeping import events, rls
from safekeeping.sweeps import sweep

SWEEP = "sweep"


@sweep("referrals")
def lapse_unanswered(now: datetime) -> int:
    """Lapse what fell due; an emergency is sent to the next agency at once, the rest is proposed.

    Each in a transaction of its own, under its case's lock; returns how many lapsed.
    Records referral.lapsed (code: sent_on, proposed or nobody_left), and referral.sent.
    """
    with rls.acting(actor=None, now=now, system=SWEEP):
        due = Referral.objects.filter(
            state=State.SENT, kind__in=(Kind.SERVICE, Kind.HANDOVER), answer_due__lte=now
        )
        found = list(due.order_by("answer_due", "pk").values_list("case_id", "pk"))
    return sum(_lapse(case_id, pk, now) for case_id, pk in found)


def _lapse(case_id: int, pk: int, now: datetime) -> bool:
    """Whether it still waited once the case was in hand."""
    actor = system_actor(SWEEP)
    with rls.acting(actor=None, now=now, system=SWEEP), rls.on_case(case_id):
        referral = Referral.objects.select_related("case", "to_agency").get(pk=pk)
        if referral.state != State.SENT or referral.answer_due > now:
            return False
        referral.lapse(at=now)
        referral.save(update_fields=["state", "lapsed_at"])
        following = _next(referral, referral.case, now)
        _record(referral, actor, following, now)
        if following is not None:
            draft = requests.again(referral, following)
            requests.send(referral.case, draft, actor=actor, now=now)
    return True


def _next(referral: Referral, case: Case, now: datetime) -> recipients.Recipient | None:
    """Who is asked without a person choosing: in an emergency only."""
    if referral.urgency != Urgency.EMERGENCY or referral.kind != Kind.SERVICE:
        return None
    return recipients.first_offer(requests.next_offers(referral, case, now))


def _record(
    referral: Referral, actor: Actor, following: recipients.Recipient | None, now: datetime
) -> None:
    code = "proposed"
    if referral.urgency == Urgency.EMERGENCY:
        code = "sent_on" if following is not None else "nobody_left"
    events.record(
        "referral.lapsed",
        subject=referral,
        actor=actor,
        at=now,
        from_state=State.SENT,
        to_state=referral.state,
        code=code,
    )
