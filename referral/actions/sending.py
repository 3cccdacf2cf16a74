"""Sending a request, and sending it on to the next agency."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from casework.actions import require_or_override
from casework.models import Case, CaseState, Consent, ConsentState
from network import registry
from network.actors import Actor
from referral import policy, recipients, requests, rules
from referral.actions.hand import in_hand, require_standing
from referral.models import DONE, LIVE, Ground, Kind, Referral, Urgency
from safekeeping import rls
from safekeeping.errors import RuleBroken, require

BED = "shelter"


@dataclass(frozen=True)
class Order:
    """What is asked for, as chosen on a form.

    to_agency: its reference. needs: codes of `referral_need`. groups: names of consent's groups.
    statute: a key of `rules.STATUTES`, where the ground is a statute.
    """

    service: str
    to_agency: UUID
    urgency: str
    reach_by: str
    ground: str = Ground.CONSENT
    statute: str = ""
    kind: str = Kind.SERVICE
    needs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Offer:
    """One agency that can be asked, and on which grounds.

    consented: the groups of her consent for this service and kind; None where she gave none.
    """

    agency: UUID
    name: str
    kind: str
    connected: bool
    phone: str
    consented: frozenset[str] | None
    statutes: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """What the form of a request offers for one service of one case."""

    alias: str
    code: str
    offers: tuple[Offer, ...]
    may_overtake: bool
    contactable: bool
    not_told_in_words: tuple[str, ...]


def choices_for(*, actor: Actor, reference: UUID, service: str, now: datetime) -> Choices:
    """Who can be asked for a service of this case; blocked agencies are not among them.

    Only looks, but with the case in hand: its blocks are seen by nobody else.

    Raises NotVisible, PermissionDenied (not the owner's worker).
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("place").get(pk=case_id)
        overtakes = policy.may_overtake(actor, case, service)
        require(policy.may_send(actor, case) or overtakes)
        given = _given(case, service)
        found = [_offer(one, service, given) for one in _askable(case, service, now)]
    return Choices(
        case.alias, case.code, tuple(found), overtakes, case.contactable, case.not_told_in_words
    )


def next_choices(*, actor: Actor, reference: UUID, now: datetime) -> tuple[Offer, ...]:
    """Who could be asked next for what nobody has taken on; only looks, with the case in hand.

    Raises NotVisible, PermissionDenied (not the sender).
    """
    with in_hand(actor, reference) as referral:
        _require_sender(actor, referral)
        found = requests.next_offers(referral, referral.case, now)
    return tuple(_offer(one, referral.service, []) for one in found)


def send_referral(
    *, actor: Actor, reference: UUID, order: Order, now: datetime, overriding: str = ""
) -> UUID:
    """Ask an agency to act on a case; returns the referral's reference. `reference`: the case's.

    Soft guards: assignment, and consent where the ground is danger to life; for police, a doctor
    and child protection one sentence in `overriding` passes them.

    Raises NotVisible, PermissionDenied (not the owner's worker),
    RuleBroken("case-closed", "bed-by-stay", "unknown-code", "not-offered", "asked-already",
    "consent-missing", "contact-taken-back", "statute-not-fitting", "life-not-for-this",
    "not-connected", "soft-guard").
    Records referral.sent, and override.used where a guard was passed.
    """
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.select_related("place").get(pk=case_id)
        failed = _soft_guards(actor, case, order)
        _require_shape(case, order)
        recipient = _recipient(case, order, now)
        consent = _require_ground(case, order, recipient)
        require_or_override(
            case, actor=actor, action="send_referral", failed=failed,
            overriding=overriding, now=now,
        )  # fmt: skip
        draft = _draft(order, recipient, consent, tuple(failed))
        made = requests.send(case, draft, actor=actor, now=now)
    return made.reference


def send_on(*, actor: Actor, reference: UUID, to_agency: UUID, now: datetime) -> UUID:
    """Ask the next agency for what nobody has taken on yet; returns the new reference.

    The same ground, groups and words; where consent is the ground, the same kind of agency.

    Raises NotVisible, PermissionDenied (not the sender, or who has handed the case over),
    RuleBroken("case-closed", "not-to-send-on": it waits, or a next one exists; "not-offered",
    "consent-ended", "contact-taken-back").
    Records referral.sent.
    """
    with in_hand(actor, reference) as referral:
        _require_sender(actor, referral)
        _require_sendable(referral)
        offered = requests.next_offers(referral, referral.case, now)
        chosen = next((one for one in offered if one.agency.reference == to_agency), None)
        if chosen is None:
            raise RuleBroken("not-offered")
        draft = requests.again(referral, chosen)
        made = requests.send(referral.case, draft, actor=actor, now=now)
    return made.reference


def _require_sender(actor: Actor, referral: Referral) -> None:
    """The next request is the owner's: a former one asks nobody in its name."""
    require(policy.may_send_on(actor, referral) and actor.agency_id == referral.case.owner_id)


def _require_sendable(referral: Referral) -> None:
    if referral.case.state == CaseState.CLOSED:
        raise RuleBroken("case-closed")
    if not requests.is_left(referral):
        raise RuleBroken("not-to-send-on")
    require_standing(referral)
    if referral.ground == Ground.CONSENT:
        rules.require_reach(referral.reach_by, contactable=referral.case.contactable)


def _soft_guards(actor: Actor, case: Case, order: Order) -> list[str]:
    """Names of the soft guards that this request fails."""
    failed = []
    if not policy.may_send(actor, case):
        if not policy.may_overtake(actor, case, order.service):
            raise PermissionDenied
        failed.append("assignment")
    if order.ground == Ground.LIFE:
        failed.append("consent")
    return failed


def _require_shape(case: Case, order: Order) -> None:
    if case.state == CaseState.CLOSED:
        raise RuleBroken("case-closed")
    if order.service == BED:
        raise RuleBroken("bed-by-stay")
    registry.require_code("service", order.service)
    registry.require_code("reach_by", order.reach_by)
    if order.urgency not in Urgency.values or order.kind not in {Kind.SERVICE, Kind.HANDOVER}:
        raise RuleBroken("unknown-code")
    if any(registry.mapped("referral_need", n, "service") != order.service for n in order.needs):
        raise RuleBroken("unknown-code")


def _recipient(case: Case, order: Order, now: datetime) -> recipients.Recipient:
    """The chosen agency, if it can be asked."""
    offered = _askable(case, order.service, now)
    chosen = next((one for one in offered if one.agency.reference == order.to_agency), None)
    if chosen is None:
        raise RuleBroken("not-offered")
    if order.kind == Kind.HANDOVER and not chosen.may_own:
        raise RuleBroken("not-connected")
    live = Referral.objects.filter(
        case=case, service=order.service, kind=order.kind, to_agency=chosen.agency, state__in=LIVE
    )
    if live.exclude(DONE).exists():
        raise RuleBroken("asked-already")
    return chosen


def _require_ground(case: Case, order: Order, recipient: recipients.Recipient) -> Consent | None:
    """The consent that the request rests on, None for another ground."""
    asked = rules.Request(order.service, recipient.agency.kind, frozenset(order.groups))
    if order.ground == Ground.STATUTE:
        rules.require_statute(order.statute, asked)
        return None
    if order.ground == Ground.LIFE:
        rules.require_life(asked)
        return None
    rules.require_reach(order.reach_by, contactable=case.contactable)
    found = {rules.Given(one.service, one.recipient_kind, frozenset(one.groups)): one
             for one in _given(case, order.service)}  # fmt: skip
    return found[rules.require_consent(found, asked)]


def _draft(
    order: Order,
    recipient: recipients.Recipient,
    consent: Consent | None,
    override: tuple[str, ...],
) -> requests.Draft:
    return requests.Draft(
        kind=order.kind,
        service=order.service,
        to_agency=recipient.agency,
        outside=not recipient.connected,
        ground=order.ground,
        statute=order.statute if order.ground == Ground.STATUTE else "",
        consent_id=consent.pk if consent else None,
        urgency=order.urgency,
        reach_by=order.reach_by,
        needs=order.needs,
        groups=order.groups,
        message=order.message,
        override=override,
    )


def _askable(case: Case, service: str, now: datetime) -> list[recipients.Recipient]:
    """Who covers the place; the duty desk where nobody does."""
    found = recipients.offers(case, service, now)
    if found:
        return found
    desk = recipients.desk(case, now)
    return [desk] if desk is not None else []


def _given(case: Case, service: str) -> list[Consent]:
    """Her standing consents for a service, for each kind of agency what she said last.

    Asked again she may agree to less, or refuse: no new request rests on what she said before.
    """
    said = (ConsentState.GIVEN, ConsentState.REFUSED)
    rows = Consent.objects.filter(case=case, service=service, state__in=said)
    last: dict[str, Consent] = {}
    for one in rows.order_by("-asked_at", "-pk"):
        last.setdefault(one.recipient_kind, one)
    return [one for one in last.values() if one.state == ConsentState.GIVEN]


def _offer(one: recipients.Recipient, service: str, given: list[Consent]) -> Offer:
    kind = one.agency.kind
    groups = [frozenset(consent.groups) for consent in given if consent.recipient_kind == kind]
    return Offer(
        agency=one.agency.reference,
        name=one.agency.name,
        kind=kind,
        connected=one.connected,
        phone=one.phone,
        consented=groups[0] if groups else None,
        statutes=tuple(rules.statutes_for(service, kind)),
    )
