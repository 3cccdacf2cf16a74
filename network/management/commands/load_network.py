"""`load_network FOLDER`: make the network what a province's folder says."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from network.loading import province
from network.loading.bring import Changes
from network.loading.source import BadData


class Command(BaseCommand):
    """May be run again at any time: the same folder twice changes nothing."""

    help = "Load a province: units, agencies, clocks, code lists. Checks everything first."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and whether only to look."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="only look for mistakes")

    def handle(self, *args: Any, folder: Path, check: bool, **options: Any) -> None:
        """Load, or say everything that is wrong."""
        try:
            if check:
                province.read(folder)
                self.stdout.write("Nothing is wrong with it.")
                return
            changes = province.load(folder, timezone.now())
        except BadData as bad:
            listed = "\n".join(f"  {problem}" for problem in bad.problems)
            raise CommandError(f"Nothing was loaded:\n{listed}") from None
        self.stdout.write(summary(changes))


def summary(changes: Changes) -> str:
    """One line: how much is new, changed, and in no file."""
    added, kept = sum(changes.added.values()), sum(changes.kept.values())
    changed = sum(len(rows) for rows in changes.changed.values())
    line = f"Network loaded: {added} new, {changed} changed."
    return line + (f" {kept} rows are in no file and stay." if kept else "")
