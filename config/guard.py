"""What must be true before anything is served: the right role, every policy, the right keys.

Each refusal is one sentence for the person who starts us, and a non-zero exit.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from config import backups, embedded
from hotline.gateways import sms
from network import demo
from network.models import User
from safekeeping import canary, policies
from safekeeping.errors import KeysUnavailable

OLDEST_SERVER = 15

_ROLE = """
    SELECT current_user, r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT FROM pg_roles WHERE rolname = %s) AND pg_has_role(r.oid, %s, 'USAGE'),
           EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                   AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'USAGE'))
    FROM pg_roles r WHERE r.rolname = current_user
"""
# A table names a case by its own column; `casework_case` is the case.
_OPEN_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND (c.relname = ANY(%s) OR EXISTS (
          SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
          AND a.attname IN ('case_id', 'survivor_id')))
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
    ORDER BY c.relname
"""


class UnsafeStart(Exception):
    """Nothing may be served like this; the text is one sentence for a person."""


def refuse_unsafe_start() -> None:
    """End the process with one sentence unless all is safe; from any thread or event loop."""
    with ThreadPoolExecutor(1) as aside:  # Django allows no query in an event loop's own thread
        try:
            aside.submit(_require_and_close).result()
        except UnsafeStart as unsafe:
            sys.exit(str(unsafe))


def require_safe_start() -> None:
    """All that must hold. Raises UnsafeStart."""
    try:
        _require_server()
        _require_role()
        _require_migrated()
        _require_policies()
        _require_no_known_password()
        _require_its_own_people()
    except DatabaseError as broken:
        raise UnsafeStart(f"The database cannot be used: {_first_line(broken)}") from broken
    try:
        sms.require_ready()
    except ImproperlyConfigured as unready:
        raise UnsafeStart(str(unready)) from unready
    try:
        canary.verify_canary()
    except KeysUnavailable as wrong:
        raise UnsafeStart(str(wrong)) from wrong


def _require_and_close() -> None:
    try:
        require_safe_start()
    finally:
        connection.close()


def _require_server() -> None:
    version = backups.server_version()
    if version < OLDEST_SERVER:
        raise UnsafeStart(f"The database server is PostgreSQL {version}; 15 or newer is needed.")


def _require_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [policies.APP, policies.APP])
        login, is_super, bypasses, is_app, owns = cursor.fetchone()
    faults = {
        "is a superuser": is_super,
        "bypasses row-level security": bypasses,
        "owns tables": owns and not is_super,
        f"has not the rights of {policies.APP}": not is_app,
    }
    if found := [fault for fault, holds in faults.items() if holds]:
        raise UnsafeStart(
            f"The database login {login} {' and '.join(found)}: serve as {policies.APP} alone."
        )


def _require_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise UnsafeStart("The database is behind the program: run `manage.py setup` first.")


def _require_policies() -> None:
    with_rows = [
        model._meta.db_table
        for model in apps.get_models()
        if isinstance(policies.rule_of(model), policies.Rows)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_TABLES, [with_rows])
        open_tables = [row[0] for row in cursor.fetchall()]
    if open_tables:
        raise UnsafeStart(
            f"Without row-level security: {', '.join(open_tables)}; run `manage.py setup` first."
        )


def _require_no_known_password() -> None:
    """A demonstration served in earnest later: its people are invented, their rights not."""
    if settings.MODE == "production" and demo.has_let_in(timezone.now()):
        raise UnsafeStart(
            "The demonstration was played in this database, and its people sign in with a known "
            "password: production needs a database of its own."
        )


def _require_its_own_people() -> None:
    """Nor is a given house of real people shown as a demonstration, whoever starts a process so."""
    is_shown = settings.DEMO and not embedded.is_embedded()
    if is_shown and User.objects.exists() and not demo.has_let_in(timezone.now()):
        raise UnsafeStart(
            "The people in this database are not the demonstration's, which would let them in "
            "without a second step: set MAI_AM_MODE=production."
        )


def _first_line(broken: DatabaseError) -> str:
    return (str(broken).splitlines() or ["no reason given"])[0]
