#!/usr/bin/env python3
"""Every command starts here: as the role that it needs, with the embedded database running.

By hand in a checkout: `MAI_AM_MODE=demo ./manage.py shell` looks into what `make run` serves.
"""

import os
import sys
from contextlib import nullcontext

# These shape tables or the tables' owner's rights; every other command runs as the app.
OWNERS = {
    "migrate", "setup", "makemigrations", "sqlmigrate", "showmigrations", "flush",
    "backup", "restore",
}  # fmt: skip
# This counts, and may read nothing but coded columns.
COUNTING = {"build_figures"}
# These serve; they refuse an unsafe start as the pages do.
SERVING = {"procrastinate", "sweep"}
# These need no database at all.
ALONE = {"help", "version", "--version", "--help", "check_translations", "make_docs"}


def main() -> None:
    """Run one command; a refusal of the database is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNERS:
        os.environ["MAI_AM_DB_ROLE"] = "owner"
    elif command in COUNTING:
        os.environ["MAI_AM_DB_ROLE"] = "figures"
    from django.core.management import execute_from_command_line

    from config import embedded
    from config.refusing import one_sentence

    with one_sentence():
        database = embedded.Postgres().used() if needs_server(command) else nullcontext()
        with database:
            if command in SERVING:
                refuse_unsafe_start()
            execute_from_command_line(sys.argv)


def refuse_unsafe_start() -> None:
    """End with one sentence where the role, the policies or the keys are wrong."""
    import django

    django.setup()
    from config import guard

    guard.refuse_unsafe_start()


def needs_server(command: str) -> bool:
    """Whether to run the embedded server: not under `make run`, which keeps it for us."""
    from config import embedded

    supervised = os.environ.get("MAI_AM_SUPERVISED") == "1"
    return embedded.is_embedded() and not supervised and command not in ALONE


if __name__ == "__main__":
    main()
