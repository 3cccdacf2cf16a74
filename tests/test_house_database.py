"""What the house style promises, read from the database itself."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from safekeeping.states import StateField, births, edges

pytestmark = pytest.mark.django_db

# Tables without a policy, and why none is needed. A new table stands here or has policies.
OPEN = {
    "people and sessions, read before anybody is known": {
        "account_emailaddress", "account_emailconfirmation", "auth_group",
        "auth_group_permissions", "auth_permission", "django_session", "mfa_authenticator",
        "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog",
        "axes_accesslog", "network_user", "network_user_groups", "network_user_user_permissions",
        "network_invitation", "network_membership", "network_shift", "network_sitting",
    },
    "the network: known to all its members": {
        "network_adminchange", "network_adminunit", "network_agency", "network_area",
        "network_area_units", "network_clockkind", "network_code", "network_codelist",
        "network_coverage", "network_edition", "network_figureestimate", "network_holiday",
        "network_noticerule", "network_service",
    },
    "keys, wrapped, of subjects that name nobody": {
        "safekeeping_subjectkey", "safekeeping_subjecthold", "safekeeping_keycanary",
        "safekeeping_erasure",
    },
    "forms by their keys": {"safekeeping_submission"},
    "counted cells without a case": {"figures_cell", "figures_margin", "figures_release"},
    "jobs: ids only": {
        "procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers",
        "procrastinate_workers",
    },
    "of libraries: nothing of ours": {
        "django_content_type", "django_migrations", "viewflow_process", "viewflow_task",
        "viewflow_task_previous",
    },
}  # fmt: skip
CLOSED_TO_APP = {"viewflow_process", "viewflow_task", "viewflow_task_previous"}
ONLY_GROW = {"safekeeping_event", "safekeeping_eventseal"}
NAMES_A_CASE = ("case_id", "survivor_id", "subject_reference")


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def one_column(sql: str, *values: Any) -> set[Any]:
    return {row[0] for row in ask(sql, *values)}


TABLES = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
VIEWS = "c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')"


def stateful() -> list[tuple[type[models.Model], str]]:
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, StateField)
    ]


def test_every_table_has_forced_policies_or_is_listed_as_open():
    unguarded = one_column(
        f"SELECT c.relname FROM pg_class c WHERE {TABLES}"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
        " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
    )

    assert unguarded - set.union(*OPEN.values()) - {"lab_person"} == set()


def test_no_table_that_names_a_case_is_open():
    naming = one_column(
        "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c"
        f" ON c.oid = a.attrelid WHERE {TABLES}"
        " AND NOT a.attisdropped AND a.attname = ANY(%s)",
        list(NAMES_A_CASE),
    )

    assert "casework_case" in naming
    assert naming & set.union(*OPEN.values()) == set()


def test_the_tests_run_as_the_unprivileged_role_that_owns_nothing():
    role = ask(
        "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    owned = one_column("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")

    assert role == [("mai_am_app", False, False)]
    assert owned == set()


def test_every_trigger_of_ours_fires_always():
    mode = dict(ask("SELECT tgname, tgenabled FROM pg_trigger WHERE tgname LIKE 'pgtrigger%%'"))

    assert len(mode) >= 10
    assert {name for name, enabled in mode.items() if enabled not in {"A", b"A"}} == set()


def test_no_setting_switches_a_trigger_off():
    [(body,)] = ask("SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'")

    assert body == "SELECT false"


def test_every_view_asks_as_its_reader():
    views = one_column(
        f"SELECT c.relname FROM pg_class c WHERE {VIEWS}"
        " AND NOT coalesce(c.reloptions, '{}') && ARRAY['security_invoker=true',"
        " 'security_invoker=on']"
    )

    assert views == set()


def test_no_function_runs_with_its_owners_rights():
    assert one_column("SELECT proname FROM pg_proc WHERE prosecdef") == set()


def test_what_only_grows_is_granted_for_reading_and_adding_alone():
    granted = ask(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'mai_am_app' AND table_name = ANY(%s)",
        list(ONLY_GROW),
    )

    assert {table for table, _ in granted} == ONLY_GROW
    assert {privilege for _, privilege in granted} == {"SELECT", "INSERT"}


def test_nobody_empties_a_table_or_makes_triggers_as_the_app():
    granted = one_column(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN ('mai_am_app', 'PUBLIC') AND table_schema = 'public'"
        " AND table_name <> 'lab_person'"
    )

    assert granted <= {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.mark.parametrize("table", sorted(CLOSED_TO_APP))
def test_tables_that_are_not_ours_are_closed(table):
    verbs = "SELECT, INSERT, UPDATE, DELETE"
    [(may,)] = ask("SELECT has_table_privilege('mai_am_app', %s, %s)", table, verbs)

    assert may is False


def test_the_app_makes_no_tables():
    [(schema, temporary)] = ask(
        "SELECT has_schema_privilege('public', 'CREATE'),"
        " has_database_privilege(current_database(), 'TEMPORARY')"
    )

    assert (schema, temporary) == (False, False)


@pytest.mark.parametrize(("model", "field"), stateful(), ids=str)
def test_the_database_holds_the_edges_of_the_code(model, field):
    bodies = one_column(
        "SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal",
        model._meta.db_table,
    )
    pairs = ", ".join(f"('{a}', '{b}')" for a, b in edges(model, field))

    assert [body for body in bodies if f"(OLD.{field}, NEW.{field}) NOT IN ({pairs})" in body]


@pytest.mark.parametrize(("model", "field"), stateful(), ids=str)
def test_the_database_holds_the_births_of_the_code(model, field):
    bodies = one_column(
        "SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal",
        model._meta.db_table,
    )
    states = ", ".join(f"'{state}'" for state in births(model, field))

    assert states
    assert [body for body in bodies if f"NEW.{field} NOT IN ({states})" in body]


@pytest.mark.parametrize(("model", "field"), stateful(), ids=str)
def test_every_state_is_born_or_reached_and_none_is_born_that_is_unknown(model, field):
    known = {str(value) for value, _label in model._meta.get_field(field).choices}
    reached = {target for _source, target in edges(model, field)}

    assert set(births(model, field)) | reached == known
