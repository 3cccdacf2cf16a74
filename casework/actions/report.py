"""The report: three questions are enough to open a case, whoever asks them and wherever.

Classification is the worker's job, never the reporter's. What a report needs within the hour is
opened by `referral` and `shelters`, which hear `case.reported` in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from casework import access, deadlines, indexing, naming, policy, routing, rules
from casework.deadlines import Clock
from casework.groups import Card, Whereabouts, Words
from casework.instruments import REPORT_DANGER, highest
from casework.models import (
    Assessment,
    Block,
    Case,
    CaseRecord,
    Consent,
    ConsentState,
    EmergencyCard,
    Incident,
    Level,
    Report,
    Survivor,
)
from casework.reports import Facts, Sealed, channel_of
from casework.routing import Route, Told
from network.actors import Actor
from safekeeping import events, keys, rls
from safekeeping.errors import KeysUnavailable, RuleBroken, require


@dataclass(frozen=True)
class _Report:
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


def report_case(
    *,
    actor: Actor,
    facts: Facts,
    sealed: Sealed,
    now: datetime,
    happened_at: datetime | None = None,
    proxy_for: int | None = None,
) -> UUID:
    """Open a case from a report; returns the Report's reference.

    happened_at: when it was told, if it is entered later; clocks run from then. proxy_for: id of
    the agency in whose name an operator enters it. While the keys cannot be read the coded part
    is saved and `Report.sealed_later` says so; `complete_report` brings the rest.
    Raises PermissionDenied, RuleBroken ("in-the-future", "needs-contradict", "no-duty-desk").
    Records case.reported.
    """
    require(policy.may_report(actor))
    require(proxy_for is None or policy.may_report_for(actor))
    rules.require_past(happened_at or now, now=now)
    rules.require_one_answer(facts.needs)
    report = _prepared(actor, facts, sealed, now, happened_at or now, proxy_for)
    try:
        return _save(report)
    except KeysUnavailable:
        return _save(replace(report, sealed=None))


@transaction.atomic
def _save(report: _Report) -> UUID:
    """All of it or nothing; the keys may fail at any of its sealed values."""
    subject = keys.create_subject() if report.sealed else uuid4()
    with rls.on_new_case() as case_id:
        case = _open_case(report, case_id, subject)
        row = _write(report, case)
        _begin_clocks(report, case)
        events.record(
            "case.reported", subject=row, actor=report.actor, at=report.now,
            happened_at=report.at, to_state=case.state, code=report.level,
        )  # fmt: skip
    return row.reference


def _prepared(
    actor: Actor,
    facts: Facts,
    sealed: Sealed,
    now: datetime,
    at: datetime,
    proxy_for: int | None,
) -> _Report:
    answers = REPORT_DANGER.clean({**facts.dangers, "danger_to_life": facts.danger_now})
    from_agency_id = proxy_for or actor.agency_id
    if from_agency_id is None:
        raise RuleBroken("no-agency")
    conditions = rules.circumstances_told(facts.circumstances, answers, facts.tracks)
    route = routing.find(
        Told(facts.place, facts.tracks, conditions, facts.conflict, from_agency_id, at, now)
    )
    return _Report(
        actor=actor,
        facts=facts,
        sealed=sealed,
        answers=answers,
        level=_level(answers),
        route=route,
        from_agency_id=from_agency_id,
        at=at,
        now=now,
    )


def _level(answers: dict[str, str]) -> str:
    """Not knowing whether she is in danger is no "no": raised at least. Our choice."""
    found = REPORT_DANGER.level(answers)
    is_unsure = answers["danger_to_life"] == "unknown"
    return highest(found, Level.RAISED) if is_unsure else found


def _open_case(report: _Report, case_id: int, subject: UUID) -> Case:
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


def _write(report: _Report, case: Case) -> Report:
    """Every row of the new case but its clocks; returns the Report."""
    _write_survivor(report, case)
    _write_incident(report, case)
    _write_assessment(report, case)
    access.own(case, at=report.now)
    _write_blocks(report, case)
    _write_card(report, case)
    _write_consents(report, case)
    return _write_report(report, case)


def _write_survivor(report: _Report, case: Case) -> None:
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


def _write_incident(report: _Report, case: Case) -> None:
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


def _write_assessment(report: _Report, case: Case) -> None:
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


def _write_blocks(report: _Report, case: Case) -> None:
    Block.objects.bulk_create(
        Block(
            case=case, agency=office, why="unclear", by_id=report.actor.user_id, starts=report.now
        )
        for office in report.route.not_told
    )


def _write_card(report: _Report, case: Case) -> None:
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
        "account": Words(sealed.account) if sealed.account else None,
        "perpetrator": sealed.perpetrator,
    }


def _card(sealed: Sealed) -> Card:
    return Card(
        exact_place=sealed.now_at or sealed.exact_place,
        ring_back=sealed.ring_back,
        ring_back_rules=sealed.ring_back_rules,
    )


def _write_consents(report: _Report, case: Case) -> None:
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


def _write_report(report: _Report, case: Case) -> Report:
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


def _begin_clocks(report: _Report, case: Case) -> None:
    deadlines.start_all(case, _clocks(report), now=report.now)


def _clocks(report: _Report) -> Iterable[Clock]:
    """By law and table; then ours: who clears or assigns, who asks her, who looks again."""
    owner_id, at = report.route.owner.pk, report.at
    yield from report.route.clocks
    is_open = rules.is_conflict_open(report.facts.conflict)
    yield Clock("clear_conflict" if is_open else "assign_handler", owner_id, at)
    if not set(report.facts.needs) - {"could_not_ask"}:
        yield Clock("consent_ask", owner_id, at)
    if report.level in ("high", "extreme"):
        yield Clock("reassess", owner_id, at, variant=report.level)


@transaction.atomic
def complete_report(*, actor: Actor, reference: UUID, sealed: Sealed, now: datetime) -> UUID:
    """Bring the sealed part of a report that was saved while the keys could not be read.

    For the reporter and the owner's people; for all others there is no such report.
    Raises NotVisible, RuleBroken("already-complete"), KeysUnavailable. Records report.completed.
    """
    case_id = Report.objects.visible_to(actor).case_of(reference)
    with rls.on_case(case_id):
        row = Report.objects.select_related("case").get(reference=reference)
        case = row.case
        require(policy.may_complete(actor, case, reporter_id=row.reporter_id))
        if not row.sealed_later:
            raise RuleBroken("already-complete")
        keys.ensure_subject(case.subject_reference)
        _seal(case, sealed)
        row.sealed_later = False
        row.save(update_fields=["sealed_later"])
        events.record("report.completed", subject=row, actor=actor, at=now)
    return reference


def _seal(case: Case, sealed: Sealed) -> None:
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
