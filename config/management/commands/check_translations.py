"""`manage.py check_translations`: is every text of every page there in Vietnamese?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import translations


class Command(BaseCommand):
    """Lists what is missing and fails; `--write` puts the missing texts into the catalogues."""

    help = "List texts without Vietnamese and texts not marked for translation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the options."""
        parser.add_argument("--write", action="store_true", help="add missing texts, empty")
        parser.add_argument("apps", nargs="*", help="with --write: only these")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the catalogues if asked, then list the faults."""
        if options["write"]:
            for app in options["apps"] or translations.APPS:
                self.stdout.write(f"{app}: {translations.write(app)} new")
        found = [
            f
            for f in translations.faults()
            if not options["apps"] or f.startswith(tuple(options["apps"]))
        ]
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} texts need a hand.")
