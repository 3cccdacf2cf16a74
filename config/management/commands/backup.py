"""`backup`: one sealed archive of the whole database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from config import backups, embedded
from safekeeping.errors import KeysUnavailable


class Command(BaseCommand):
    """Can run while everything is in use: it sees one moment."""

    help = "Write a sealed archive of the database; keep the key ring's copy elsewhere."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The archive's name; by default under DATA_DIR/backups, named for now."""
        parser.add_argument("target", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say where the archive lies, or in one sentence why there is none."""
        now = datetime.now(UTC)
        named = f"mai-am-{now:%Y%m%d-%H%M%S}.backup"
        target: Path = options["target"] or embedded.data_dir() / "backups" / named
        try:
            backups.backup(target, now=now)
        except (backups.BackupRefused, KeysUnavailable, OSError) as refused:
            raise CommandError(f"No backup was made: {refused}") from refused
        size = target.stat().st_size / 1e6
        self.stdout.write(f"{target} ({size:.1f} MB). It opens with the key ring alone.")
