"""What she agrees to, what she takes back, and what she wants again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework import deadlines, minors, policy, rules
from casework.deadlines import Clock
from casework.groups import CONSENTED, words_of
from casework.minors import Voice
from casework.models import Case, Consent, ConsentState, Scope
from casework.models.survivor import of_age
from casework.paths import Moment, moment
from network import registry
from network.actors import Actor
from safekeeping import events, rls
from safekeeping.errors import RuleBroken, require

C = ConsentState
CLOCK = "consent_ask"
NONE, COULD_NOT_ASK = rules.ALONE
NOBODY = Voice()  # spoke for her: she spoke herself


@dataclass(frozen=True)
class Line:
    """One line of the full sheet: this service, this kind of agency, exactly these groups."""

    service: str
    kind: str
    groups: tuple[str, ...]
    given: bool


@dataclass(frozen=True)
class Asking:
    """How she was asked. alone: whether she could speak freely; None if that is not known.

    voice: of a child, who spoke for it and what it says itself.
    """

    alone: bool | None = None
    voice: Voice = NOBODY
    told_beforehand: bool = False
    evidence_kind: str = "spoken_phone"
    evidence: str = ""


def record_consent(
    *,
    actor: Actor,
    reference: UUID,
    answers: Collection[str],
    asking: Asking = Asking(),
    sheet: Sequence[Line] = (),
    why_not: str = "",
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Keep what she answered; returns the case's reference.

    answers: any of doctor, bed, talk, police, or one of none, could_not_ask; empty with a sheet.
    What was offered and not chosen is refused, unless it was given before: that ends by
    withdrawal alone. Could not ask: asked again within 24 hours. A child agrees together with
    somebody who may speak for it (`minors.py`).

    Raises NotVisible, PermissionDenied, RuleBroken("no-answer", "needs-contradict",
    "group-never-shared", "in-the-future", "unknown-code", "representative-not-told",
    "representative-missing", "child-disagrees", "child-not-asked"). Records consent.given and
    consent.refused for each service, or consent.not_possible.
    Source: Law 91/2025/QH15, consent is provable, specific, never default.
    """
    when = moment(now, happened_at)
    _check(answers, sheet, asking.voice)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.annotate(**of_age()).get(pk=case_id)
        require(policy.may_ask_consent(actor, case))
        if COULD_NOT_ASK in answers:
            _keep_try(case, why_not, asking, actor=actor, when=when)
        else:
            given = set(_services(case, C.GIVEN))
            lines = [*_lines(answers, given), *sheet]
            if any(line.given for line in lines):
                _require_voice(case, asking.voice, when)
            _keep_answers(case, lines, asking, actor=actor, when=when)
    return reference


def _check(answers: Collection[str], sheet: Sequence[Line], voice: Voice) -> None:
    known = {*rules.AGREED, *rules.ALONE}
    if not (answers or sheet) or not set(answers) <= known:
        raise RuleBroken("no-answer")
    rules.require_one_answer(answers)
    if any(not set(line.groups) <= CONSENTED for line in sheet):
        raise RuleBroken("group-never-shared")
    if voice.spoken_for_by:
        registry.require_code("spoken_for_by", voice.spoken_for_by)
    if voice.child_view:
        registry.require_code("child_view", voice.child_view)


def _require_voice(case: Any, voice: Voice, when: Moment) -> None:
    year = registry.localdate(when.happened_at).year
    minors.require_voice(voice, minors.age_of(case), year=year, not_told=case.not_told)


def _lines(answers: Collection[str], given: Collection[str]) -> list[Line]:
    """The five answers as lines; an offer given before and not ticked now is left alone."""
    if not answers:
        return []
    return [
        Line(offer.service, kind, tuple(offer.groups), answer in answers)
        for answer, offer in rules.AGREED.items()
        for kind in offer.kinds
        if answer in answers or offer.service not in given
    ]


def _keep_answers(
    case: Case, lines: Sequence[Line], asking: Asking, *, actor: Actor, when: Moment
) -> None:
    rows = [_row(case, line, asking, actor=actor, when=when) for line in lines]
    Consent.objects.bulk_create(rows)
    deadlines.meet(case, CLOCK, at=when.happened_at)
    for row in _first_of_each(rows):
        topic = "consent.given" if row.state == C.GIVEN else "consent.refused"
        _record(topic, row, actor=actor, when=when, code=row.service)


def _row(case: Case, line: Line, asking: Asking, *, actor: Actor, when: Moment) -> Consent:
    row: Consent = Consent(
        case=case,
        state=C.GIVEN if line.given else C.REFUSED,
        service=line.service,
        recipient_kind=line.kind,
        groups=sorted(line.groups) if line.given else [],
        **_asked(asking, actor=actor, when=when),
    )
    return row


def _asked(asking: Asking, *, actor: Actor, when: Moment) -> dict[str, object]:
    return {
        "asked_by_id": actor.user_id,
        "asked_at": when.happened_at,
        "recorded_at": when.at,
        "alone": asking.alone,
        "spoken_for_by": asking.voice.spoken_for_by,
        "child_view": asking.voice.child_view,
        "told_beforehand": asking.told_beforehand,
        "evidence_kind": asking.evidence_kind,
        "evidence": words_of(asking.evidence),
    }


def _first_of_each(rows: Iterable[Consent]) -> list[Consent]:
    """One row for each service and answer: one event, however many kinds may be asked."""
    first: dict[tuple[str, str], Consent] = {}
    for row in rows:
        first.setdefault((row.service, str(row.state)), row)
    return list(first.values())


def _keep_try(case: Case, why_not: str, asking: Asking, *, actor: Actor, when: Moment) -> None:
    row = Consent.born(
        case=case,
        state=C.NOT_POSSIBLE,
        service="",
        recipient_kind="",
        **_asked(asking, actor=actor, when=when),
    )
    if case.is_live:
        deadlines.restart(case, Clock(CLOCK, case.owner_id, when.happened_at), now=when.at)
    _record("consent.not_possible", row, actor=actor, when=when, code=why_not)


def withdraw_consent(
    *,
    actor: Actor,
    reference: UUID,
    scope: str,
    service: str = "",
    words: str = "",
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Take back what was agreed to, as far as `scope` says; returns the case's reference.

    service: which, for scope service. A stay and what the law demands go on. Live referrals that
    rest on it are revoked in the same transaction by a handler that must succeed.

    Raises NotVisible, PermissionDenied, RuleBroken("nothing-to-withdraw", "in-the-future").
    Records consent.withdrawn (subject: the case) with the scope.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_withdraw_consent(actor))
        if scope in (Scope.SERVICE, Scope.SHARING):
            _withdraw_rows(case, scope, service, when)
        else:
            _refuse_purpose(case, scope, words, actor=actor, when=when)
        events.record(
            "consent.withdrawn",
            subject=case,
            actor=actor,
            at=now,
            happened_at=when.happened_at,
            from_state=C.GIVEN,
            to_state=C.WITHDRAWN,
            code=scope,
        )
    return reference


def _withdraw_rows(case: Case, scope: str, service: str, when: Moment) -> None:
    rows = Consent.objects.filter(case_id=case.pk, state=C.GIVEN, purpose="service")
    if scope == Scope.SERVICE:
        rows = rows.filter(service=service)
    found = list(rows.order_by("pk"))
    if not found:
        raise RuleBroken("nothing-to-withdraw")
    for row in found:
        row.withdraw(scope=scope, at=when.happened_at)
        row.save(update_fields=["state", "scope", "withdrawn_at"])


def _refuse_purpose(case: Case, scope: str, words: str, *, actor: Actor, when: Moment) -> None:
    """Being counted, being contacted: a row of its own says that she does not want it."""
    if scope not in rules.WANTED:
        raise RuleBroken("nothing-to-withdraw")
    _keep_purpose(case, scope, C.REFUSED, words, actor=actor, when=when)


def _keep_purpose(
    case: Case, scope: str, state: ConsentState, words: str, *, actor: Actor, when: Moment
) -> None:
    Consent.born(
        case=case,
        state=state,
        purpose=scope,
        service="",
        recipient_kind="",
        scope=scope,
        **_asked(Asking(evidence=words), actor=actor, when=when),
    )
    column = rules.WANTED[scope]
    setattr(case, column, state == C.GIVEN)
    case.save(update_fields=[column])


def renew_consent(
    *,
    actor: Actor,
    reference: UUID,
    scope: str,
    words: str = "",
    now: datetime,
    happened_at: datetime | None = None,
) -> UUID:
    """Being counted or contacted is wanted again; returns the case's reference.

    scope: counted or contact. What was revoked meanwhile stays so: it is asked for anew.

    Raises NotVisible, PermissionDenied, RuleBroken("nothing-taken-back", "in-the-future").
    Records consent.renewed (subject: the case) with the scope.
    """
    when = moment(now, happened_at)
    with rls.on_case_of(Case.objects.visible_to(actor).case_ids(reference)) as case_id:
        case = Case.objects.get(pk=case_id)
        require(policy.may_ask_consent(actor, case))
        if scope not in rules.WANTED or getattr(case, rules.WANTED[scope]):
            raise RuleBroken("nothing-taken-back")
        _keep_purpose(case, scope, C.GIVEN, words, actor=actor, when=when)
        _record("consent.renewed", case, actor=actor, when=when, code=scope)
    return reference


def _services(case: Case, state: str) -> list[str]:
    rows = Consent.objects.filter(case_id=case.pk, state=state, purpose="service")
    return list(rows.values_list("service", flat=True))


def _record(
    topic: str,
    subject: Case | Consent,
    *,
    actor: Actor,
    when: Moment,
    code: str = "",
) -> None:
    events.record(
        topic,
        subject=subject,
        actor=actor,
        at=when.at,
        happened_at=when.happened_at,
        code=code,
    )
