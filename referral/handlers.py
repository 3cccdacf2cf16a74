"""What referrals do once something has happened to their case; all in its transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.models import Block, Case, Consent, ConsentState, Report
from network import registry
from network.models import Agency
from referral import recipients, requests, rules
from referral.models import ASKED, DIED, LIVE, TO_SEND_ON, Ground, Kind, Referral, State, Urgency
from referral.moving import moved
from safekeeping import events
from safekeeping.events import Event

# Asked of others in the hour by a referral; a bed is asked for by a stay.
NEEDS_ASKED = ("police", "doctor", "talk")
CIRCUMSTANCES = ("life", "crime", "child", "pregnant", "elderly", "disabled")
FOR_CHILDREN = "for_children"  # what the list of services says
PARTS = {"police": ("go_there",), "doctor": ("exam",), "talk": ("talk_now",)}
REACHED_BY = {"police": "police_brings", "doctor": "companion", "talk": "safe_number"}


@dataclass(frozen=True)
class Opening:
    """What a fresh report asks of others, with what is looked up once for all of it."""

    case: Case
    report: Report
    event: Event
    barred: recipients.Blocked
    card: requests.Card
    consents: Sequence[Consent]
    now: datetime

    def send(self, draft: requests.Draft) -> Referral:
        return requests.send(
            self.case, draft, actor=self.event.originator, now=self.now, card=self.card
        )


@events.on("case.reported", must=True)
def open_needs(event: Event, *, now: datetime) -> None:
    """Ask for what the report needs within the hour, and tell whom the law says is told."""
    report: Report = _row(event, Report)
    case = report.case
    needs = [need for need in NEEDS_ASKED if need in report.needs]
    told = [one for one in report.told if one != case.owner_id]
    if not needs and not told:
        return
    opening = _opening(case, report, event, now)
    asked = {sent.to_agency_id for need in needs if (sent := _ask(opening, need)) is not None}
    _tell(opening, [one for one in told if one not in asked])


@events.on("conflict.cleared", must=True)
def tell_cleared(event: Event, *, now: datetime) -> None:
    """Offices that were not told while a conflict was open are told now."""
    case: Case = _row(event, Case)
    report = Report.objects.filter(case=case).order_by("pk").first()
    if report is None:
        return
    known = set(Referral.objects.filter(case=case).values_list("to_agency_id", flat=True))
    told = [one for one in report.told if one != case.owner_id and one not in known]
    if told:
        _tell(_opening(case, report, event, now), told)


def _opening(case: Case, report: Report, event: Event, now: datetime) -> Opening:
    return Opening(
        case=case,
        report=report,
        event=event,
        barred=recipients.blocked(case.pk),
        card=requests.card_of(case, now),
        consents=_consents(case),
        now=now,
    )


def _consents(case: Case) -> list[Consent]:
    return list(Consent.objects.filter(case=case, state=ConsentState.GIVEN).order_by("pk"))


def _ask(opening: Opening, need: str) -> Referral | None:
    service = registry.mapped("need_now", need, "service")
    consents = {one.recipient_kind: one for one in opening.consents if one.service == service}
    chosen = _chosen(opening, service, consents)
    if chosen is None:
        return None
    consent = consents.get(chosen.agency.kind)
    statute = _rule_for(opening, chosen.agency)
    return opening.send(
        requests.Draft(
            service=service,
            to_agency=chosen.agency,
            outside=not chosen.connected,
            ground=_ground(statute, consent),
            statute=statute,
            consent_id=consent.pk if consent else None,
            urgency=Urgency.EMERGENCY,
            reach_by=REACHED_BY[need],
            needs=PARTS[need],
            groups=tuple(consent.groups) if consent else (),
        )
    )


def _chosen(opening: Opening, service: str, kinds: Collection[str]) -> recipients.Recipient | None:
    """Whoever is told anyway comes first, for one message to one office; then the usual order."""
    case, now = opening.case, opening.now
    offered = recipients.offers(case, service, now, kinds=kinds, barred=opening.barred)
    offered.sort(key=lambda one: one.agency.pk not in opening.report.told)
    return recipients.first_offer(offered) or recipients.desk(case, now)


def _ground(statute: str, consent: Consent | None) -> str:
    """A duty by law stands whatever she decides later; else her answer; else danger."""
    if statute:
        return Ground.STATUTE
    return Ground.CONSENT if consent is not None else Ground.LIFE


def _tell(opening: Opening, told: Collection[int]) -> None:
    if not told:
        return
    offices = list(Agency.objects.filter(pk__in=told).order_by("pk"))
    for one in recipients.among(opening.case, offices, opening.now, barred=opening.barred):
        opening.send(
            requests.Draft(
                kind=Kind.NOTIFY,
                service="police" if one.agency.kind in rules.POLICE else "",
                to_agency=one.agency,
                outside=not one.connected,
                ground=Ground.STATUTE,
                statute=_rule_for(opening, one.agency) or "unclassified/any",
                urgency=Urgency.EMERGENCY,
                reach_by="jointly",
            )
        )


def _rule_for(opening: Opening, agency: Agency) -> str:
    """By which notice rule an office is told, as "track/condition"; empty if it is not told."""
    if agency.pk not in opening.report.told:
        return ""
    today = registry.localdate(opening.now)
    found = [
        rule
        for rule in registry.notice_rules(opening.case.legal_tracks, CIRCUMSTANCES, today)
        if agency.kind in rule.notified
    ]
    if opening.report.danger_now == "yes":
        found.sort(key=lambda rule: rule.condition != "life")
    return f"{found[0].track}/{found[0].condition}" if found else ""


@events.on("consent.withdrawn", must=True)
def revoke_consented(event: Event, *, now: datetime) -> None:
    """End what her consent had opened, in the transaction of her withdrawal.

    Statute and life stand. The receiver keeps one line: stop, do not contact. What was still open
    after completed work closes too.
    """
    case: Case = _row(event, Case)
    for referral in requests.live_of(case.pk, *LIVE, State.COMPLETED):
        if referral.ground == Ground.CONSENT and referral.consent is not None:
            _end_consented(referral, referral.consent, case, event, now)


def _end_consented(
    referral: Referral, consent: Consent, case: Case, event: Event, now: datetime
) -> None:
    ended = consent.state != ConsentState.GIVEN
    if referral.state == State.COMPLETED:
        if ended:
            requests.close_groups_of(referral, now)
    elif rules.revoked_by(event.code, consent_ended=ended, reach_by=referral.reach_by):
        _stop(referral, case, event, now, scope=event.code, topic="referral.revoked")


def _stop(
    referral: Referral, case: Case, event: Event, now: datetime, *, scope: str, topic: str
) -> None:
    before = referral.state
    referral.revoke(scope=scope, at=now)
    if referral.to_agency_id == case.owner_id:  # it has the case: its page says what she wants
        referral.stop_seen_at = now
    requests.close_groups_of(referral, now)
    requests.stop_clock(referral, case, now)
    requests.hide_way(referral)
    moved(
        referral, topic, actor=event.originator, now=now, before=before,
        fields=("reason", "ended_at", "stop_seen_at"), code=scope,
    )  # fmt: skip


@events.on("death.recorded", must=True)
def end_requests(event: Event, *, now: datetime) -> None:
    """Nobody calls her any more; what is asked for her children goes on, and the way to them.

    The receiver keeps one line until somebody has read it. A notice stays: it was told.
    Records referral.stopped.
    """
    case: Case = Case.objects.get(pk=event.case_id)
    for referral in requests.live_of(case.pk, *LIVE):
        is_childrens = registry.mapped("service", referral.service, FOR_CHILDREN)
        if referral.is_request and not is_childrens:
            _stop(referral, case, event, now, scope=DIED, topic="referral.stopped")
        elif referral.is_request and referral.shows_the_way:
            requests.show_way(referral)


@events.on("block.set", must=True)
def drop_blocked(event: Event, *, now: datetime) -> None:
    """An office that may not see the case any more is asked nothing, and works on nothing."""
    block: Block = _row(event, Block)
    if block.agency_id is None:
        return
    for referral in requests.live_of(block.case_id, *LIVE):
        if referral.to_agency_id != block.agency_id:
            continue
        if referral.state in ASKED:
            requests.withdraw(
                referral, block.case, reason="conflict", actor=event.originator, now=now
            )
        else:
            requests.give_back(referral, reason="conflict", actor=event.originator, now=now)


@events.on("case.handed_over", must=True)
def follow_owner(event: Event, *, now: datetime) -> None:
    """Requests that go on, or wait to be sent on, do so as the new owner's.

    The old one hears no more of them. A handover that still waits was the old owner's wish: nobody
    may take the case by it any more, but where that office has ended and its heir goes on.
    """
    case: Case = _row(event, Case)
    is_succession = event.code == "succession"
    for referral in requests.live_of(case.pk, *LIVE, *TO_SEND_ON, State.REVOKED):
        if _follows(referral, case, is_succession=is_succession):
            referral.from_agency_id = case.owner_id
            referral.save(update_fields=["from_agency"])
        elif _is_old_wish(referral, case, is_succession=is_succession):
            requests.withdraw(referral, case, reason="handed_over", actor=event.originator, now=now)


def _follows(referral: Referral, case: Case, *, is_succession: bool) -> bool:
    if referral.from_agency_id == case.owner_id or referral.passed_on:
        return False
    if referral.state == State.REVOKED and referral.stop_seen_at is not None:
        return False
    return referral.kind != Kind.HANDOVER or is_succession


def _is_old_wish(referral: Referral, case: Case, *, is_succession: bool) -> bool:
    waits = referral.kind == Kind.HANDOVER and referral.state in ASKED
    return waits and not is_succession and referral.from_agency_id != case.owner_id


@events.on("case.closed", must=True)
def drop_unanswered(event: Event, *, now: datetime) -> None:
    """Nobody takes on a closed case: what lapsed and was never answered is taken back."""
    case: Case = _row(event, Case)
    for referral in requests.live_of(case.pk, *ASKED):
        requests.withdraw(referral, case, reason="closed", actor=event.originator, now=now)


def _row(event: Event, model: Callable[..., Any]) -> Any:
    """The event's subject: as the action holds it, or loaded again by a repair."""
    row = getattr(event, "row", None)
    if row is not None:
        return row
    return model.objects.get(reference=event.subject)  # type: ignore[attr-defined]
