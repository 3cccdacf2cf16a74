"""The figures counted once more, from the words under the tables: plain SQL, no line of `figures`.

Each question answers rows (codes of the dimensions, ids of what is counted); the rounding is
written here anew from its description: network figures are multiples of 5, public ones of 10.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

import psycopg

Cells = dict[tuple[str, ...], int]

# %(first)s, %(end)s: local days of the period, the end exclusive; %(zone)s: the province's own.
_PERIOD = "{t}.{at} >= %(first)s::timestamp AT TIME ZONE %(zone)s AND {t}.{at} < %(end)s::timestamp AT TIME ZONE %(zone)s"  # noqa: E501
_AREA = """coalesce((
    SELECT a.code FROM network_area a JOIN network_area_units u ON u.area_id = a.id
    WHERE u.adminunit_id = c.place_id
      AND a.valid_from <= ({t}.{at} AT TIME ZONE %(zone)s)::date
      AND (a.valid_to IS NULL OR a.valid_to > ({t}.{at} AT TIME ZONE %(zone)s)::date)
), 'unknown')"""

CASES = f"""
SELECT c.id, ARRAY[c.detected_channel] AS channel, ARRAY[{_AREA.format(t="c", at="recorded_at")}]
    AS area
FROM casework_case c
WHERE c.counted AND c.closure_reason <> 'linked'
  AND NOT (c.closure_reason = 'entered_by_mistake' AND c.state = 'CLOSED')
  AND {_PERIOD.format(t="c", at="recorded_at")}
"""

INCIDENTS = f"""
WITH told AS (
    SELECT i.*, s.sex, s.birth_year, s.age_band,
        coalesce(i.happened_on, (i.recorded_at AT TIME ZONE %(zone)s)::date) AS day
    FROM casework_incident i
    JOIN casework_case c ON c.id = i.case_id
    JOIN casework_survivor s ON s.case_id = c.id
    WHERE c.counted AND c.closure_reason <> 'linked'
  AND NOT (c.closure_reason = 'entered_by_mistake' AND c.state = 'CLOSED')
      AND {_PERIOD.format(t="i", at="recorded_at")}
      AND NOT (i.carried AND i.happened_on IN (
          SELECT o.happened_on FROM casework_incident o
          WHERE o.case_id = i.case_id AND NOT o.carried
      ))
)
SELECT t.id,
    coalesce((
        SELECT array_agg(DISTINCT k.mapping ->> 'form')
        FROM network_code k JOIN network_codelist l ON l.id = k.list_id AND l.code = 'dv_act'
        WHERE k.code = ANY (t.acts) AND k.valid_from <= t.day
          AND (k.valid_to IS NULL OR k.valid_to > t.day)
    ), ARRAY['unknown']) AS form,
    ARRAY[t.sex] AS sex,
    ARRAY[CASE
        WHEN t.birth_year IS NULL THEN coalesce(nullif(t.age_band, ''), 'unknown')
        WHEN extract(year FROM t.day) - t.birth_year < 0 THEN 'unknown'
        WHEN extract(year FROM t.day) - t.birth_year < 16 THEN 'under_16'
        WHEN extract(year FROM t.day) - t.birth_year < 18 THEN '16_17'
        WHEN extract(year FROM t.day) - t.birth_year < 60 THEN '18_59'
        ELSE '60_plus'
    END] AS age
FROM told t
"""

REFERRALS = f"""
SELECT r.id, ARRAY[f.kind] AS sender, ARRAY[o.kind] AS receiver, ARRAY[r.state] AS state,
    ARRAY[CASE
        WHEN r.answered_at IS NULL THEN 'not_yet'
        WHEN r.answered_at > r.answer_due THEN 'late'
        ELSE 'in_time'
    END] AS in_time
FROM referral_referral r
JOIN casework_case c ON c.id = r.case_id
JOIN network_agency f ON f.id = r.from_agency_id
JOIN network_agency o ON o.id = r.to_agency_id
WHERE c.counted AND r.kind <> 'notify' AND {_PERIOD.format(t="r", at="sent_at")}
"""

STAYS = f"""
SELECT s.id,
    ARRAY[CASE
        WHEN s.state IN ('ADMITTED', 'AWAY', 'DISCHARGED', 'TRANSFERRED', 'LEFT_UNTOLD')
            THEN 'placed'
        WHEN s.state IN ('REQUESTED', 'WAITING', 'HELD') THEN 'waiting'
        WHEN s.state = 'SAFE_ELSEWHERE' THEN 'elsewhere'
        WHEN s.state = 'LAPSED' THEN 'did_not_arrive'
        WHEN s.reason IN ('full', 'not_fitting', 'too_far', 'transport') THEN 'not_placed'
        ELSE 'cancelled'
    END] AS outcome,
    ARRAY[{_AREA.format(t="s", at="requested_at")}] AS area
FROM shelters_stay s JOIN casework_case c ON c.id = s.case_id
WHERE c.counted AND s.came_from_id IS NULL AND s.state <> 'VOIDED'
  AND {_PERIOD.format(t="s", at="requested_at")}
"""

QUESTIONS = {
    "T1": ("case", CASES),
    "T2": ("incident", INCIDENTS),
    "T8": ("referral", REFERRALS),
    "T9": ("stay", STAYS),
}


class Recount:
    """Counts one period again. `secret`: what that year's figures are rounded by."""

    def __init__(
        self, db: psycopg.Connection[Any], *, first: date, end: date, zone: str, secret: bytes
    ) -> None:
        self.db, self.secret = db, secret
        self.period = {"first": first, "end": end, "zone": zone}
        self.rows = {table: self._rows(table) for table in QUESTIONS}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        found = self.db.execute(QUESTIONS[table][1], self.period)
        names = [column.name for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def exact(self, table: str, dimensions: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
        """Ids of what stands in each cell; something of two forms stands in both."""
        cells: dict[tuple[str, ...], list[int]] = {}
        for row in self.rows[table]:
            for codes in product(*(row[name] for name in dimensions)):
                cells.setdefault(codes, []).append(row["id"])
        return cells

    def rounded(self, table: str, dimensions: Sequence[str], audience: str) -> Cells:
        """What the page may say; a cell that is rounded to 0 is left out."""
        found = {
            codes: self._round(QUESTIONS[table][0], ids, audience)
            for codes, ids in self.exact(table, dimensions).items()
        }
        return {codes: figure for codes, figure in found.items() if figure}

    def _round(self, kind: str, ids: list[int], audience: str) -> int:
        keys = (int.from_bytes(self._mac("record", kind, str(each))[:8], "big") for each in ids)
        told = self._mac("cell", str(sum(keys) % 2**64))
        below, rest = len(ids) // 5 * 5, len(ids) % 5
        by_chance = int.from_bytes(told[:8], "big") / 2**64 < rest / 5
        network = below + 5 * by_chance
        if audience == "network" or network % 10 == 0:
            return network
        return network + (5 if told[8] >= 128 else -5)

    def _mac(self, *words: str) -> bytes:
        parts = (len(word.encode()).to_bytes(2, "big") + word.encode() for word in words)
        return hmac.new(self.secret, b"".join(parts), hashlib.sha256).digest()
