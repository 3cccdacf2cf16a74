"""The report: three questions are enough to open a case, whoever asks them and wherever.

Classification is the worker's job, never the reporter's. What a report needs within the hour is
opened by `referral` and `shelters`, which hear `case.reported` in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from casework import deadlines, first_rows, policy, routing, rules
from casework.deadlines import Clock
from casework.first_rows import IncomingReport
from casework.instruments import REPORT_DANGER, highest, is_high
from casework.models import Case, Level, Report
from casework.reports import Facts, Sealed
from casework.routing import Told
from network.actors import Actor
from safekeeping import events, keys, rls
from safekeeping.errors import KeysUnavailable, RuleBroken, require


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
    at = rules.fact_time(happened_at, now)
    rules.require_one_answer(facts.needs)
    report = _prepared(actor, facts, sealed, now, at, proxy_for)
    try:
        return _save(report)
    except KeysUnavailable:
        return _save(replace(report, sealed=None))


@transaction.atomic
def _save(report: IncomingReport) -> UUID:
    """All of it or nothing; the keys may fail at any of its sealed values."""
    subject = keys.create_subject() if report.sealed else uuid4()
    with rls.on_new_case() as case_id:
        case = first_rows.open_case(report, case_id, subject)
        row = first_rows.write_rest(report, case)
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
) -> IncomingReport:
    answers = REPORT_DANGER.clean({**facts.dangers, "danger_to_life": facts.danger_now})
    from_agency_id = proxy_for or actor.agency_id
    if from_agency_id is None:
        raise RuleBroken("no-agency")
    conditions = rules.circumstances_told(facts.circumstances, answers, facts.tracks)
    route = routing.find(
        Told(facts.place, facts.tracks, conditions, facts.conflict, from_agency_id, at, now)
    )
    return IncomingReport(
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


def _begin_clocks(report: IncomingReport, case: Case) -> None:
    deadlines.start_all(case, _clocks(report), now=report.now)


def _clocks(report: IncomingReport) -> Iterable[Clock]:
    """By law and table; then ours: who clears or assigns, who asks her, who looks again."""
    owner_id, at = report.route.owner.pk, report.at
    yield from report.route.clocks
    is_open = rules.is_conflict_open(report.facts.conflict)
    yield Clock("clear_conflict" if is_open else "assign_handler", owner_id, at)
    if not set(report.facts.needs) - {"could_not_ask"}:
        yield Clock("consent_ask", owner_id, at)
    if is_high(report.level):
        yield Clock("reassess", owner_id, at, variant=report.level)


def complete_report(*, actor: Actor, reference: UUID, sealed: Sealed, now: datetime) -> UUID:
    """Bring the sealed part of a report that was saved while the keys could not be read.

    For the reporter and the owner's people; for all others there is no such report.
    Raises NotVisible, RuleBroken("already-complete"), KeysUnavailable. Records report.completed.
    """
    with rls.on_case_of(Report.objects.visible_to(actor).case_ids(reference)):
        row = Report.objects.select_related("case").get(reference=reference)
        case = row.case
        require(policy.may_complete(actor, case, reporter_id=row.reporter_id))
        if not row.sealed_later:
            raise RuleBroken("already-complete")
        keys.ensure_subject(case.subject_reference)
        first_rows.fill(case, sealed)
        row.sealed_later = False
        row.save(update_fields=["sealed_later"])
        events.record("report.completed", subject=row, actor=actor, at=now)
    return reference
