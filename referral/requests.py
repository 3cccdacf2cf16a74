"""How a request comes to be and what hangs on it: its clock, its card, what it opens and closes.

Everything here runs with the case in hand, called by actions, handlers and the sweep.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from casework import access, deadlines
from casework.groups import words_of
from casework.models import AccessWhy, Case, EmergencyCard
from network import registry
from network.models import Agency
from referral import conflicts, recipients, rules
from referral.models import ASKED, DONE, TO_SEND_ON, Ground, Kind, Referral, State
from referral.moving import moved
from safekeeping import events, rls

CLOCK = "referral_answer"
POLICE_CLOCKS = ("police_vulnerable", "crime_report")
WHY = {
    Ground.CONSENT: AccessWhy.CONSENT,
    Ground.STATUTE: AccessWhy.STATUTE,
    Ground.LIFE: AccessWhy.LIFE,
}


@dataclass(frozen=True)
class Card:
    """The coded columns that point at nobody."""

    area: str
    age_band: str
    risk: str


@dataclass(frozen=True)
class Draft:
    """A request that is about to be sent; everything in it has been checked."""

    service: str
    to_agency: Agency
    outside: bool
    ground: str
    urgency: str
    reach_by: str
    kind: str = Kind.SERVICE
    statute: str = ""
    consent_id: int | None = None
    needs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    message: str = ""
    round: uuid.UUID = field(default_factory=uuid.uuid4)
    follows: Referral | None = None
    override: tuple[str, ...] = ()


def send(
    case: Case,
    draft: Draft,
    *,
    actor: rls.ActorLike,
    now: datetime,
    card: Card | None = None,
) -> Referral:
    """Write a request in hand, start its clock, and show the way to those who must reach her.

    card: as `card_of` gives it, where several are sent at once.

    Marks the one it follows as passed on. Records referral.sent, its code the urgency.
    """
    due = registry.due(CLOCK, now, variant=draft.urgency)
    referral: Referral = Referral.born(
        case=case,
        kind=draft.kind,
        service=draft.service,
        ground=draft.ground,
        statute=draft.statute,
        consent_id=draft.consent_id,
        from_agency_id=case.owner_id,
        to_agency=draft.to_agency,
        outside=draft.outside,
        sent_by_id=actor.user_id,
        urgency=draft.urgency,
        reach_by=draft.reach_by,
        needs=list(draft.needs),
        groups=sorted(draft.groups),
        round=draft.round,
        follows=draft.follows,
        message=words_of(draft.message),
        sent_at=now,
        recorded_at=now,
        answer_due=due,
        **vars(card or card_of(case, now)),
    )
    if draft.follows is not None:
        draft.follows.passed_on = True
        draft.follows.save(update_fields=["passed_on"])
    _start_clock(referral, case, now)
    if referral.shows_the_way and referral.is_request:
        show_way(referral)
    events.record(
        "referral.sent",
        subject=referral,
        actor=actor,
        at=now,
        to_state=referral.state,
        code=referral.urgency,
        override=draft.override or None,
    )
    return referral


def _start_clock(referral: Referral, case: Case, now: datetime) -> None:
    """The addressee's clock; the sender's where it must ring an office outside."""
    held_by = referral.from_agency_id if referral.outside else referral.to_agency_id
    clock = deadlines.Clock(
        CLOCK, held_by, now, referral.urgency, subject=referral, due_at=referral.answer_due
    )
    deadlines.begin(case, clock)


def card_of(case: Case, now: datetime) -> Card:
    """The coded columns of the card: the place as an area, the age as a wide band."""
    today = registry.localdate(now)
    born = case.survivor.birth_year
    bands = [
        rules.Band(one.code, int(one.mapping["least"]), one.mapping.get("below"))
        for one in registry.codes("card_age_band", today)
        if "least" in one.mapping
    ]
    return Card(
        area=registry.area_of(case.place_id, today),
        age_band=rules.band_of(born, today.year, bands),
        risk=case.risk_level,
    )


# The emergency card


def show_way(referral: Referral) -> None:
    """Let the addressee read the emergency card: what is needed to reach her, and nothing else."""
    if not referral.outside:
        access.add_reader(referral.case_id, referral.to_agency_id)


def hide_way(referral: Referral) -> None:
    """Take the emergency card back, unless the law or another request still needs it there."""
    if referral.ground == Ground.STATUTE:
        return
    others = Referral.objects.filter(
        case_id=referral.case_id, to_agency_id=referral.to_agency_id
    ).exclude(pk=referral.pk)
    if any(one.is_live or one.state == State.ACKNOWLEDGED for one in others if _shows(one)):
        return
    card = EmergencyCard.objects.filter(case_id=referral.case_id).first()
    if card is not None and referral.to_agency_id in card.readers:
        card.readers = [one for one in card.readers if one != referral.to_agency_id]
        card.save(update_fields=["readers"])


def _shows(referral: Referral) -> bool:
    return referral.is_notice or referral.shows_the_way


# What an acceptance opens


def open_groups_of(referral: Referral, case: Case, now: datetime) -> None:
    """Grant the receiver exactly the groups of the request, without end until the work ends.

    Nothing to an office outside; a handover makes the receiver the owner instead.
    """
    if referral.outside or referral.kind == Kind.HANDOVER:
        return
    access.grant(
        case,
        agency_id=referral.to_agency_id,
        groups=referral.groups,
        why=WHY[Ground(referral.ground)],
        source=referral.reference,
        starts=now,
        ends=None,
    )


def close_groups_of(referral: Referral, now: datetime, *, tail: bool = False) -> None:
    """End what an acceptance opened: at once, or 14 days after the work."""
    if tail:
        access.end_later(source=referral.reference, ends=rules.closes(now))
    else:
        access.end(source=referral.reference, at=now)


def settle_clock(referral: Referral, case: Case, now: datetime) -> None:
    """Somebody has answered; police that take it on are also what the law's own clocks wait for."""
    deadlines.meet(case, CLOCK, at=now, subject=referral)
    if referral.to_agency.kind in rules.POLICE and referral.state != State.DECLINED:
        deadlines.meet(case, *POLICE_CLOCKS, at=now)


def stop_clock(referral: Referral, case: Case, now: datetime) -> None:
    """Nobody need answer any more."""
    deadlines.stop(case, CLOCK, at=now, reason="not_applicable", subject=referral)


# Rounds: several agencies asked for one need


def others_of_round(referral: Referral) -> list[Referral]:
    """Requests of the same round that still wait, this one left out."""
    waiting = Referral.objects.filter(
        case_id=referral.case_id, round=referral.round, state__in=ASKED
    )
    return list(waiting.exclude(pk=referral.pk).order_by("pk"))


def settle_round(referral: Referral, case: Case, *, actor: rls.ActorLike, now: datetime) -> None:
    """The first acceptance wins: the others have nothing left to take on, or only the rest."""
    for other in others_of_round(referral):
        left = rules.rest(other.needs, referral.parts)
        if left and other.needs:
            other.needs = left
            other.save(update_fields=["needs"])
        else:
            _supersede(other, case, actor=actor, now=now)


def _supersede(referral: Referral, case: Case, *, actor: rls.ActorLike, now: datetime) -> None:
    before = referral.state
    referral.supersede(at=now)
    stop_clock(referral, case, now)
    hide_way(referral)
    moved(
        referral, "referral.superseded", actor=actor, now=now, before=before, fields=("ended_at",)
    )


def withdraw(
    referral: Referral, case: Case, *, reason: str, actor: rls.ActorLike, now: datetime
) -> None:
    """Take back a request that nobody has taken on."""
    before = referral.state
    referral.withdraw(reason=reason, at=now)
    stop_clock(referral, case, now)
    hide_way(referral)
    moved(
        referral, "referral.withdrawn", actor=actor, now=now, before=before,
        fields=("reason", "ended_at"), code=reason,
    )  # fmt: skip


def give_back(referral: Referral, *, reason: str, actor: rls.ActorLike, now: datetime) -> None:
    """End work that its agency may not, or can no longer, go on with."""
    before = referral.state
    referral.give_back(reason=reason, at=now)
    close_groups_of(referral, now)
    hide_way(referral)
    moved(
        referral, "referral.returned", actor=actor, now=now, before=before,
        fields=("reason", "ended_at"), code=conflicts.told_code(reason),
    )  # fmt: skip


# Sending on


def is_left(referral: Referral) -> bool:
    """Whether something of it is left to be asked of a next agency."""
    if referral.state not in TO_SEND_ON or referral.passed_on or referral.is_notice:
        return False
    is_in_part = referral.state == State.PARTLY_ACCEPTED
    return not is_in_part or bool(rules.rest(referral.needs, referral.parts))


def next_offers(referral: Referral, case: Case, now: datetime) -> list[recipients.Recipient]:
    """Who could be asked after this one; where consent is the ground, of the consented kind.

    A case is offered to those alone who can have one.
    """
    kinds = (referral.to_agency.kind,) if referral.ground == Ground.CONSENT else ()
    barred = recipients.blocked_or_asked(referral)
    found = recipients.offers(case, referral.service, now, kinds=kinds, barred=barred)
    return [one for one in found if referral.kind != Kind.HANDOVER or one.may_own]


def again(referral: Referral, recipient: recipients.Recipient) -> Draft:
    """The same request for the next agency: the same ground, groups and round."""
    taken = referral.parts if referral.state == State.PARTLY_ACCEPTED else []
    return Draft(
        kind=referral.kind,
        service=referral.service,
        to_agency=recipient.agency,
        outside=not recipient.connected,
        ground=referral.ground,
        statute=referral.statute,
        consent_id=referral.consent_id,
        urgency=referral.urgency,
        reach_by=referral.reach_by,
        needs=tuple(rules.rest(referral.needs, taken)),
        groups=tuple(referral.groups),
        round=referral.round,
        follows=referral,
    )


def live_of(case_id: int, *states: str) -> list[Referral]:
    """The case's referrals in these states, in the order of their ids, each with its parties.

    Not a handover that was accepted: its receiver has the case.
    """
    rows = Referral.objects.filter(case_id=case_id, state__in=states).exclude(DONE)
    return list(rows.select_related("to_agency", "consent").order_by("pk"))
