"""One look at a case in one statement: what the sentences speak of, as JSON; the case in hand."""


def _rows(table: str, columns: str, where: str = "case_id = %(case)s") -> str:
    """All rows as objects, oldest first."""
    return (
        f"(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]')"
        f" FROM (SELECT {columns} FROM {table} t WHERE {where}) x)"
    )


# All uses that are live, whoever's: two on one bed at once are two bodies.
OVERLAPS = """
    (SELECT count(*) FROM shelters_beduse a JOIN shelters_beduse b
        ON a.bed_id = b.bed_id AND a.id < b.id AND a.period && b.period WHERE a.live AND b.live)
"""
WAITS = """
    EXISTS (SELECT FROM casework_deadline WHERE case_id = %(case)s
        AND met_at IS NULL AND waived_at IS NULL
        AND clock IN ('assign_handler', 'without_worker', 'clear_conflict'))
"""
ACTED = """
    EXISTS (SELECT FROM safekeeping_event e WHERE e.case_id = t.case_id
        AND e.recorded_at >= t.answered_at AND e.actor_id IS NOT NULL
        AND e.topic NOT LIKE 'alert.%%') AS acted
"""
PARTS = {
    "case": "(SELECT to_jsonb(x) FROM (SELECT state, owner_id, worker_id FROM casework_case"
            " WHERE id = %(case)s) x)",
    "owning": "(SELECT coalesce(jsonb_agg(agency_id), '[]') FROM casework_access"
              " WHERE case_id = %(case)s AND reach = 2 AND live AND ends IS NULL)",
    "granted": _rows("casework_access", "id, live", "case_id = %(case)s AND live"),
    "blocks": _rows("casework_block", "id, user_id, agency_id", "case_id = %(case)s AND live"),
    "referral": _rows(
        "referral_referral",
        "id, reference, version, state, kind, outside, to_agency_id, answered_by_id, ARRAY("
        "SELECT agency_id FROM network_membership WHERE user_id = t.answered_by_id) AS offices",
    ),
    "stay": _rows(
        "shelters_stay",
        "id, reference, version, state, shelter_id, adults + children_count AS persons",
    ),
    "uses": _rows(
        "shelters_beduse", "id, stay_id, shelter_id, persons",
        "live AND stay_id IN (SELECT id FROM shelters_stay WHERE case_id = %(case)s)",
    ),
    "overlaps": OVERLAPS,
    "alert": _rows(
        "hotline_alert",
        "id, reference, version, state, emergency, next_action_at, answered_by_id, " + ACTED,
    ),
    "events": _rows(
        "safekeeping_event", "id, topic, subject, subject_kind, from_state, to_state"
    ),
    "waits": WAITS,
    "repairs": _rows("safekeeping_repair", "id, handler, fault"),
    "closure": "(SELECT to_jsonb(x) FROM (SELECT approved, decided_by_id, proposed_by_id"
               " FROM casework_closure WHERE case_id = %(case)s ORDER BY id DESC LIMIT 1) x)",
}  # fmt: skip
SEEN = "SELECT jsonb_build_object({})::text".format(
    ", ".join(f"'{name}', {sql}" for name, sql in PARTS.items())
)
# All that decides who may open what, and which ends have come; the same in another run reads alike.
OPENS_BY = """
    SELECT jsonb_build_array(
        (SELECT to_jsonb(x) FROM (SELECT owner_id, worker_id, state FROM casework_case
            WHERE id = %(case)s) x),
        (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY to_jsonb(x)), '[]') FROM (
            SELECT agency_id, user_id, groups, reach, live, starts <= %(now)s AS begun,
                ends <= %(now)s AS ended FROM casework_access WHERE case_id = %(case)s) x),
        (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY to_jsonb(x)), '[]') FROM (
            SELECT agency_id, user_id, live FROM casework_block WHERE case_id = %(case)s) x)
    )::text
"""
