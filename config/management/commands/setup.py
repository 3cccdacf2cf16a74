"""`setup`: what must be true before anything is served, made true; run as the owner role."""

from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from config import files
from config.assets import AssetsMissing
from safekeeping import canary
from safekeeping.errors import KeysUnavailable


class Command(BaseCommand):
    """Quick when nothing changed, so that every start can afford it."""

    help = "Migrate, put policies, make the key ring, compile translations, make assets."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """`--files` leaves the database alone: for tests and images."""
        parser.add_argument("--files", action="store_true", help="files only, no database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Files first: the migration's own messages may already be translated."""
        try:
            files.prepare()
        except AssetsMissing as missing:
            raise CommandError(str(missing)) from missing
        if options["files"]:
            return
        call_command("migrate", interactive=False, verbosity=options["verbosity"] - 1)
        try:
            canary.make_ring_once(now=datetime.now(UTC))
            canary.verify_canary()
        except KeysUnavailable as wrong:
            raise CommandError(str(wrong)) from wrong
