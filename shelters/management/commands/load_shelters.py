"""`manage.py load_shelters [folder]`: houses, rooms and beds of a province."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shelters.actions import loading

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = "Load a province's houses with beds; what is loaded already is brought up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder; without one, that of the province whose network is loaded."""
        parser.add_argument("folder", nargs="?", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many beds there are."""
        folder = Path(options["folder"] or DATA / Path(settings.NETWORK_DATA).name)
        if not (folder / loading.FILE).exists():
            raise CommandError(f"{folder} has no {loading.FILE}")
        try:
            beds = loading.load(folder, timezone.now())
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(f"{beds} beds")
