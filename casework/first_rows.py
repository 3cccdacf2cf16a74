"""The rows of a new case, all from one report; with the new case in hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework import access, indexing, naming, rules
from casework.groups import Card, Whereabouts, words_of
from casework.instruments import REPORT_DANGER
from casework.models import (
    Assessment,
    Block,
    Case,
    CaseRecord,
    Consent,
    ConsentState,
    EmergencyCard,
    Incident,
    Report,
    Survivor,
)
from casework.reports import Facts, Sealed, channel_of
from casework.routing import Route
from network.actors import Actor


@dataclass(frozen=True)
class IncomingReport:
    """One report on its way into the tables. `sealed` is None while the keys cannot be read."""

    actor: Actor
    facts: Facts
    sealed: Sealed | None
    answers: dict[str, str]
    level: str
    route: Route
    from_agency_id: int
    at: datetime  # when it was so
    now: datetime


def open_case(report: IncomingReport, case_id: int, subject: UUID) -> Case:
    facts = report.facts
    return naming.born(
        now=report.now,
        id=case_id,
        subject_reference=subject,
        owner=report.route.owner,
        legal_tracks=list(facts.tracks),
        risk_level=report.level,
        detected_channel=facts.channel or channel_of(report.actor.agency_kind),
        detected_kind=report.actor.agency_kind,
        place=facts.place,
        opened_at=report.at,
        recorded_at=report.now,
        accused_status=facts.accused_status,
        conflict=facts.conflict,
        informant=report.sealed.informant if report.sealed else None,
    )


def write_rest(report: IncomingReport, case: Case) -> Report:
    """Every row of the new case but its clocks; returns the Report."""
    _write_survivor(report, case)
    _write_incident(report, case)
    _write_assessment(report, case)
    access.own(case, at=report.now)
    _write_blocks(report, case)
    _write_card(report, case)
    _write_consents(report, case)
    return _write_report(report, case)


def _write_survivor(report: IncomingReport, case: Case) -> None:
    facts, sealed = report.facts, report.sealed or Sealed()
    Survivor.born(
        case=case,
        sex=facts.sex,
        birth_year=facts.birth_year,
        language=facts.language,
        interpreter_needed=facts.interpreter,
        **_of_her(sealed),
    )
    if sealed.identity or sealed.contact:
        indexing.reindex(
            case, identity=sealed.identity, contact=sealed.contact, birth_year=facts.birth_year
        )


def _write_incident(report: IncomingReport, case: Case) -> None:
    facts, sealed = report.facts, report.sealed or Sealed()
    Incident.born(
        case=case,
        happened_on=facts.happened_on,
        precision=facts.precision,
        recorded_at=report.now,
        unit=facts.place,
        place_kind=facts.place_kind,
        relation=facts.relation,
        **_of_event(sealed),
    )


def _write_assessment(report: IncomingReport, case: Case) -> None:
    """The report's danger answers are the first assessment: a level exists from minute 0."""
    Assessment.born(
        case=case,
        instrument=REPORT_DANGER.code,
        edition=REPORT_DANGER.edition,
        answers=report.answers,
        score=REPORT_DANGER.score(report.answers),
        level=report.level,
        by_id=report.actor.user_id,
        at=report.at,
        recorded_at=report.now,
    )


def _write_blocks(report: IncomingReport, case: Case) -> None:
    Block.objects.bulk_create(
        Block(
            case=case, agency=office, why="unclear", by_id=report.actor.user_id, starts=report.now
        )
        for office in report.route.not_told
    )


def _write_card(report: IncomingReport, case: Case) -> None:
    facts, route, sealed = report.facts, report.route, report.sealed
    EmergencyCard.born(
        case=case,
        level=report.level,
        danger=[code for code, answer in report.answers.items() if answer == "yes"],
        adults=facts.adults,
        children_count=facts.children_count,
        needs=[need for need in facts.needs if need in rules.AGREED],
        interpreter=facts.language if facts.interpreter else "",
        unit=facts.place,
        reported_at=report.now,
        readers=[route.desk.pk],  # who is told opens it by confirming (`referral`)
        card=_card(sealed) if sealed else None,
    )


# What is sealed of a report, as columns: with the report, or brought later by `complete_report`.


def _of_her(sealed: Sealed) -> dict[str, Any]:
    return {
        "identity": sealed.identity,
        "contact": sealed.contact,
        "whereabouts": Whereabouts(place=sealed.now_at) if sealed.now_at else None,
        "children": sealed.children,
        "support_needs": sealed.support_needs,
    }


def _of_event(sealed: Sealed) -> dict[str, Any]:
    return {
        "account": words_of(sealed.account),
        "perpetrator": sealed.perpetrator,
    }


def _card(sealed: Sealed) -> Card:
    return Card(
        exact_place=sealed.now_at or sealed.exact_place,
        ring_back=sealed.ring_back,
        ring_back_rules=sealed.ring_back_rules,
    )


def _write_consents(report: IncomingReport, case: Case) -> None:
    """What she asked for within the hour she agreed to: this service, these kinds, these groups."""
    Consent.objects.bulk_create(
        Consent(
            case=case,
            state=ConsentState.GIVEN,
            service=agreed.service,
            recipient_kind=kind,
            groups=sorted(agreed.groups),
            asked_by_id=report.actor.user_id,
            asked_at=report.at,
            recorded_at=report.now,
            evidence_kind="spoken",
        )
        for agreed in (rules.AGREED[need] for need in report.facts.needs if need in rules.AGREED)
        for kind in agreed.kinds
    )


def _write_report(report: IncomingReport, case: Case) -> Report:
    facts, route = report.facts, report.route
    row: Report = Report.born(
        case=case,
        from_agency_id=report.from_agency_id,
        reporter_id=report.actor.user_id,
        channel=case.detected_channel,
        needs=list(facts.needs),
        circumstances=sorted(facts.circumstances),
        adults=facts.adults,
        children_count=facts.children_count,
        danger_now=facts.danger_now,
        conflict=facts.conflict,
        code=case.code,
        told=[route.owner.pk, *(office.pk for office in route.told)],
        not_told=[office.pk for office in route.not_told],
        to_ring=[office.pk for office in route.to_ring],
        sealed_later=report.sealed is None,
        happened_at=report.at,
        recorded_at=report.now,
    )
    return row


def fill(case: Case, sealed: Sealed) -> None:
    """Bring what could not be sealed when the rows were written."""
    survivor = Survivor.objects.get(case=case)
    _fill(survivor, case, _of_her(sealed))
    indexing.replace(
        case, identity=sealed.identity, contact=sealed.contact, birth_year=survivor.birth_year
    )
    incident = Incident.objects.filter(case=case).order_by("pk")[0]
    _fill(incident, case, _of_event(sealed))
    _fill(EmergencyCard.objects.get(case=case), case, {"card": _card(sealed)})
    case.informant = sealed.informant
    case.save(update_fields=["informant"])


def _fill(row: CaseRecord, case: Case, values: dict[str, Any]) -> None:
    row.case = case
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
