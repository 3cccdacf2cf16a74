"""An answered emergency is looked at again; what rings about the same by then is enough."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from casework.models import Case
from hotline import actions, sweeps
from hotline.models import Alert
from network.actors import Actor
from safekeeping import events, rls
from tests.casework import looks

pytestmark = pytest.mark.django_db


def test_second_look_rests_where_the_same_rings_again(
    report: Callable[..., UUID], cast: dict[str, Actor], now: datetime
) -> None:
    case = report(danger_now="yes")
    (first,) = looks.rows(Alert, case, topic="case.reported")
    again = _answered_and_opened_anew(case, first, cast["worker"], now)

    sweeps.ring_due(now + timedelta(minutes=31))

    first, second = looks.rows(Alert, case, topic="case.reported")
    assert (first.state, first.next_action_at) == ("ACKNOWLEDGED", None)
    assert (second.pk, second.emergency) == (again.pk, True)
    assert second.state in ("NOTIFIED", "EXHAUSTED")


def _answered_and_opened_anew(case: UUID, first: Alert, by: Actor, now: datetime) -> Alert:
    case_id = looks.one(Case, case).pk
    with rls.acting(actor=by, now=now), rls.on_case(case_id):
        row = Alert.objects.get(pk=first.pk)
        row.acknowledge(user_id=by.user_id, at=now, again=now + timedelta(minutes=30))
        row.save()
        made: Alert = Alert.born(
            case_id=case_id, topic=row.topic, subject_kind=row.subject_kind, subject=row.subject,
            agency_id=row.agency_id, mark=1234, opened_at=now, next_action_at=now,
        )  # fmt: skip
    return made


@pytest.mark.parametrize("looked", ["stay.seen", "block.seen", "case.seen", "task.claimed"])
def test_looking_at_it_is_no_act(
    report: Callable[..., UUID], cast: dict[str, Actor], now: datetime, looked: str
) -> None:
    case = report(danger_now="yes")
    (alert,) = looks.rows(Alert, case, topic="case.reported")
    worker, heard, row = cast["worker"], now + timedelta(minutes=1), looks.one(Case, case)
    with rls.acting(actor=worker, now=heard):
        actions.acknowledge_alert(actor=worker, reference=alert.reference, now=heard)
    with rls.acting(actor=worker, now=heard), rls.on_case(alert.case_id):
        events.record(looked, subject=row, actor=worker, at=heard)

    sweeps.ring_due(heard + timedelta(minutes=30))

    (alert,) = looks.rows(Alert, case, topic="case.reported")
    assert alert.state == "OPEN"
