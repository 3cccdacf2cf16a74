"""Row-level security, written beside each model and laid on the database by `sync()`.

One shape for all tables of a case (`of_case`): read *mine, or the case in hand, or reached by
Access*; written only while the case is in hand; never by whom a conflict block names.
A policy's subquery names every outer column with its table: a bare `case_id` would be the inner
table's own, always equal to itself, and would open every case.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction

APP, OWNER, FIGURES = "mai_am_app", "mai_am_owner", "mai_am_figures"
M = TypeVar("M", bound=type[models.Model])

# We keep flows in tables of our own; these stay empty.
CLOSED_LIBRARIES = frozenset({"viewflow"})

ACCESS, BLOCK, SEATS = "casework_access", "casework_block", "network_membership"
SHARED, OWNING = 1, 2  # reaches of an Access row

ACTOR = "NULLIF(current_setting('app.actor', true), '')::bigint"
AGENCY = "NULLIF(current_setting('app.agency', true), '')::bigint"
CASE = "NULLIF(current_setting('app.case', true), '')::bigint"
NOW = "NULLIF(current_setting('app.now', true), '')::timestamptz"


def system(*names: str) -> str:
    """True while one of these system actors works."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"current_setting('app.system', true) IN ({listed})"


def reaches(case: str, least: int, opened: str = "") -> str:
    """True when my agency holds a live Access of at least this reach to the case.

    opened: what the groups of a row that is not the owner's must fulfil besides, of `a`; what was
    opened for one person is then nobody else's.
    """
    narrowed = (
        f" AND (a.reach >= {OWNING} OR (({opened}) AND (a.user_id IS NULL OR a.user_id = {ACTOR})))"
        if opened
        else ""
    )
    return (
        f"EXISTS (SELECT 1 FROM {ACCESS} a WHERE a.case_id = {case} AND a.agency_id = {AGENCY}"
        f" AND a.reach >= {least} AND a.live AND (a.ends IS NULL OR a.ends > {NOW}){narrowed})"
    )


def opens(*groups: str) -> str:
    """True of an Access `a` that opens one of these groups."""
    listed = ", ".join(f"'{group}'" for group in groups)
    return f"a.groups && ARRAY[{listed}]::varchar[]"


def sits_in(agency: str) -> str:
    """True of an agency in which I have a place now, whichever I act for."""
    return (
        f"{agency} IN (SELECT m.agency_id FROM {SEATS} m WHERE m.user_id = {ACTOR}"
        f" AND m.starts <= {NOW} AND (m.ends IS NULL OR m.ends > {NOW}))"
    )


def unblocked(case: str) -> str:
    """True unless a conflict block names me, my office or another in which I sit just now.

    The case in hand is exempt: the blocked are stopped at *see*, and an action that others began
    may touch their rows.
    """
    return (
        f"({case} = {CASE} OR {case} <> ALL (ARRAY("
        f"SELECT b.case_id FROM {BLOCK} b WHERE b.live AND b.agency_id = {AGENCY}"
        f" UNION ALL SELECT b.case_id FROM {BLOCK} b WHERE b.live AND {sits_in('b.agency_id')}"
        f" UNION ALL SELECT b.case_id FROM {BLOCK} b WHERE b.live AND b.user_id = {ACTOR})))"
    )


@dataclass(frozen=True)
class Rows:
    """The policies and grants of one table; `{t}` in a text is the table's name.

    using: who reads. check: who inserts and updates. restrict: what denies over all.
    grants: the app role's verbs. figures: columns that the figures role may count.
    """

    using: str
    check: str
    restrict: str | None = None
    grants: str = "SELECT, INSERT, UPDATE"
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grants:
    """A table without rows of cases: who may do what with all of it."""

    app: str = "SELECT, INSERT, UPDATE, DELETE"
    figures: str = ""


# What the law and the province say: no person in it, read by who counts.
COUNTED_BY = Grants(figures="SELECT")

_rules: dict[str, Rows | Grants] = {}


def rows(rule: Rows | Grants) -> Callable[[M], M]:
    """Lay this rule on a model's table at the next `sync()`."""

    def keep(model: M) -> M:
        _rules[model._meta.label] = rule
        return model

    return keep


def of_case(
    mine: str,
    *,
    case: str = "{t}.case_id",
    least: int | None = SHARED,
    opened: str = "",
    sweep: str | None = None,
    block: bool = True,
    grants: str = "SELECT, INSERT, UPDATE",
    figures: tuple[str, ...] = (),
) -> Rows:
    """The shape of every table of a case.

    mine: what makes a row one's own. least: the reach of Access that also reads it (None: no
    Access does). opened: of which groups its coded columns are (`opens`); who may open none of them
    reads no row, unless the case is the own office's. sweep: which rows the
    sweep may find before it takes their case in hand.
    """
    using = f"({mine}) OR {case} = {CASE}"
    if least is not None:
        using += f" OR {reaches(case, least, opened)}"
    if sweep:
        using += f" OR ({system('sweep')} AND ({sweep}))"
    return Rows(
        using=using,
        check=f"{case} = {CASE}",
        restrict=unblocked(case) if block else None,
        grants=grants,
        figures=figures,
    )


def rule_of(model: type[models.Model]) -> Rows | Grants | None:
    """The rule laid on a model, for tests and docs."""
    return _rules.get(model._meta.label)


def sync() -> None:
    """Make the database's rights those of the code; run as the owner after every migrate.

    A table whose policies did not change is not locked: each carries the hash of its SQL.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for model in _our_tables():
            table = model._meta.db_table
            rule = _rules.get(model._meta.label) or _default(model)
            statements = list(_statements(table, rule))
            if _is_new(cursor, table, statements):
                for statement in statements:
                    cursor.execute(statement)
        for statement in _closing():
            cursor.execute(statement)


def _default(model: type[models.Model]) -> Grants:
    """Open to the app, but for a library's tables that would name cases without any policy."""
    return Grants(app="") if model._meta.app_label in CLOSED_LIBRARIES else Grants()


def _our_tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _is_new(cursor: Any, table: str, statements: list[str]) -> bool:
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()[:32]
    cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [table])
    if cursor.fetchone()[0] == digest:
        return False
    statements.append(f"COMMENT ON TABLE {table} IS '{digest}'")
    return True


def _statements(table: str, rule: Rows | Grants) -> Iterator[str]:
    yield f"REVOKE ALL ON {table} FROM {APP}, {FIGURES}"
    if isinstance(rule, Grants):
        if rule.app:
            yield f"GRANT {rule.app} ON {table} TO {APP}"
        if rule.figures:
            yield f"GRANT {rule.figures} ON {table} TO {FIGURES}"
        return
    yield f"GRANT {rule.grants} ON {table} TO {APP}"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    using, check = rule.using.format(t=table), rule.check.format(t=table)
    yield from _policy(table, "reads", f"FOR SELECT TO {APP} USING ({using})")
    yield from _policy(table, "inserts", f"FOR INSERT TO {APP} WITH CHECK ({check})")
    yield from _policy(
        table, "updates", f"FOR UPDATE TO {APP} USING ({check}) WITH CHECK ({check})"
    )
    yield from _policy(table, "deletes", f"FOR DELETE TO {APP} USING ({check})")
    yield from _policy(table, "owns", f"FOR ALL TO {OWNER} USING (true) WITH CHECK (true)")
    denies = rule.restrict.format(t=table) if rule.restrict else "true"
    yield from _policy(table, "denies", f"AS RESTRICTIVE FOR ALL TO {APP} USING ({denies})")
    counted = f"FOR SELECT TO {FIGURES} USING ({'true' if rule.figures else 'false'})"
    yield from _policy(table, "counts", counted)
    if rule.figures:
        yield f"GRANT SELECT ({', '.join(rule.figures)}) ON {table} TO {FIGURES}"


def _policy(table: str, name: str, body: str) -> Iterator[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY {name} ON {table} {body}"


def _closing() -> Iterator[str]:
    """What holds for the whole database, whatever was synced before."""
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {FIGURES}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}, {FIGURES}"
    # Else any SQL of the app role could switch a trigger off by set_config('pgtrigger.ignore', …).
    yield (
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name)"
        " RETURNS boolean LANGUAGE sql AS 'SELECT false'"
    )
    yield """
        DO $$ DECLARE t record; BEGIN
            FOR t IN SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
                     WHERE NOT tgisinternal AND tgenabled <> 'A' AND tgname LIKE 'pgtrigger_%'
            LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.place, t.tgname);
            END LOOP;
        END $$
    """
    yield """
        DO $$ DECLARE t record; BEGIN
            FOR t IN SELECT c.oid::regclass AS place FROM pg_class c
                     WHERE c.relname LIKE 'procrastinate_%' AND c.relkind = 'r'
            LOOP EXECUTE format(
                'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mai_am_app', t.place);
            END LOOP;
            GRANT SELECT ON django_migrations TO mai_am_app;
            EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
        END $$
    """
