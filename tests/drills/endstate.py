"""The end state of a house: read as the superuser, past every policy, and from the operator."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from safekeeping import chain
from tests.drills.history import Alert, End, Try, Use
from tests.hotline.operator import Operator
from tests.houses import House

REPORTS = """
    SELECT r.reference::text,
        (SELECT count(*) FROM casework_case WHERE id = r.case_id) AS "case",
        (SELECT count(*) FROM casework_survivor WHERE case_id = r.case_id) AS survivor,
        (SELECT count(*) FROM casework_incident WHERE case_id = r.case_id) AS incident,
        (SELECT count(*) FROM casework_deadline WHERE case_id = r.case_id) AS clocks,
        (SELECT count(*) FROM safekeeping_event
            WHERE topic = 'case.reported' AND subject = r.reference) AS event,
        (SELECT count(*) FROM hotline_alert
            WHERE topic = 'case.reported' AND subject = r.reference) AS alert,
        (SELECT count(*) FROM casework_run WHERE case_id = r.case_id) AS run,
        (SELECT count(*) FROM casework_access WHERE case_id = r.case_id) AS access,
        (SELECT count(*) FROM safekeeping_subjectkey k JOIN casework_case c
            ON c.subject_reference = k.subject WHERE c.id = r.case_id) AS key
    FROM casework_report r
"""
STATES = """
    SELECT 'case', reference::text, state FROM casework_case
    UNION ALL SELECT 'stay', reference::text, state FROM shelters_stay
    UNION ALL SELECT 'referral', reference::text, state FROM referral_referral
    UNION ALL SELECT 'alert', a.reference::text, CASE WHEN EXISTS (SELECT FROM safekeeping_event e
        WHERE e.topic = 'alert.opened_again' AND e.subject = a.reference)
        THEN 'ANSWERED, AND AGAIN' ELSE a.state END FROM hotline_alert a
"""
# A row without what it belongs to: a change without its event, a state without its row.
ORPHANS = """
    SELECT 'case without report ' || c.id FROM casework_case c
        WHERE NOT EXISTS (SELECT FROM casework_report r WHERE r.case_id = c.id)
    UNION ALL SELECT 'alert without event ' || a.reference FROM hotline_alert a
        WHERE NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'alert.opened' AND e.subject = a.reference)
    UNION ALL SELECT 'referral without event ' || r.reference FROM referral_referral r
        WHERE NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'referral.sent' AND e.subject = r.reference)
    UNION ALL SELECT 'acceptance without event ' || r.reference FROM referral_referral r
        WHERE r.state = 'ACCEPTED' AND NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'referral.accepted' AND e.subject = r.reference)
    UNION ALL SELECT 'stay without event ' || s.reference FROM shelters_stay s
        WHERE NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'stay.requested' AND e.subject = s.reference)
    UNION ALL SELECT 'hold without event ' || s.reference FROM shelters_stay s
        WHERE s.state = 'HELD' AND NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'stay.held' AND e.subject = s.reference)
    UNION ALL SELECT 'bed kept by nobody ' || u.id FROM shelters_beduse u
        JOIN shelters_stay s ON s.id = u.stay_id
        WHERE u.live AND s.state IN ('REQUESTED', 'WAITING', 'VOIDED', 'CANCELLED')
    UNION ALL SELECT 'worker without event ' || c.id FROM casework_case c
        WHERE c.worker_id IS NOT NULL AND NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'case.assigned' AND e.case_id = c.id)
    UNION ALL SELECT 'answer without event ' || a.reference FROM hotline_alert a
        WHERE a.answered_at IS NOT NULL AND NOT EXISTS (SELECT FROM safekeeping_event e
            WHERE e.topic = 'alert.acknowledged' AND e.subject = a.reference)
    UNION ALL SELECT 'form without effect ' || s.id FROM safekeeping_submission s
        WHERE s.answer = ''
"""
TWICE = """
    SELECT 'report ' || r.reference FROM casework_report r
        WHERE NOT EXISTS (SELECT FROM safekeeping_submission s
            WHERE strpos(s.answer, r.reference::text) > 0)
    UNION ALL SELECT topic || ' ' || subject FROM safekeeping_event
        WHERE topic IN ('case.assigned', 'referral.accepted', 'stay.held', 'stay.voided',
                        'alert.opened', 'case.reported', 'referral.sent', 'stay.requested')
        GROUP BY topic, subject HAVING count(*) > 1
"""
USES = """
    SELECT u.bed_id, s.reference::text, lower(u.period), upper(u.period)
    FROM shelters_beduse u JOIN shelters_stay s ON s.id = u.stay_id WHERE u.live
"""
HELD = "SELECT reference::text FROM shelters_stay WHERE state IN ('HELD', 'ADMITTED', 'AWAY')"
ALERTS = "SELECT id, reference::text, state, next_action_at FROM hotline_alert"
TRIES = "SELECT alert_id, reference::text, state, next_try_at FROM hotline_attempt"
PENDING = """
    SELECT count(*) FROM hotline_attempt a JOIN hotline_alert l ON l.id = a.alert_id
    WHERE a.state = 'QUEUED' OR l.state = 'OPEN'
"""


def read(house: House, desk: Operator, *, at: datetime) -> End:
    """Everything that the checker looks at."""
    house.start_again()  # our own session may have died with the server
    names = ("case", "survivor", "incident", "clocks", "event", "alert", "run", "access", "key")
    return End(
        at=at,
        reports={
            reference: dict(zip(names, parts, strict=True))
            for reference, *parts in house.sql(REPORTS)
        },
        states={(table, reference): state for table, reference, state in house.sql(STATES)},
        uses=[Use(*row) for row in house.sql(USES)],
        alerts=_alerts(house, desk),
        orphans=[row[0] for row in house.sql(ORPHANS)],
        twice=[row[0] for row in house.sql(TWICE)],
        held=frozenset(row[0] for row in house.sql(HELD)),
        broken_chain=len([one for one in chain.verify(at) if one.kind != "unsealed"]),
    )


def pending(house: House) -> int:
    """How many texts and alerts are still on their way."""
    (row,) = house.sql(PENDING)
    return int(row[0])


def _alerts(house: House, desk: Operator) -> list[Alert]:
    taken = Counter(attempt_of(text) for text in desk.texts)
    tries: dict[int, list[Try]] = defaultdict(list)
    for alert_id, reference, state, next_try_at in house.sql(TRIES):
        tries[alert_id].append(Try(reference, state, next_try_at, taken[reference]))
    return [
        Alert(reference, state, next_action_at, tuple(tries[pk]))
        for pk, reference, state, next_action_at in house.sql(ALERTS)
    ]


def attempt_of(text: dict[str, Any]) -> str:
    """Which attempt a text belongs to: it is told in the address for its receipt."""
    return str(text["StatusCallback"]).rsplit("/", 1)[1]
