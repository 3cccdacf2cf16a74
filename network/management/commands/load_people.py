"""`load_people FILE`: the invented people of a demonstration, with one known password."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from network.loading import people
from network.loading.source import BadData


class Command(BaseCommand):
    """Refused outside the demonstration: everybody could sign in with what the file says."""

    help = "Load the invented people of the demonstration, their shifts and phones."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load, or say why not."""
        if not (settings.DEMO or settings.TEST):
            raise CommandError(
                "This is no demonstration (MAI_AM_MODE=demo): its people have a known password."
            )
        try:
            count = people.load(file, timezone.now())
        except BadData as bad:
            listed = "\n".join(f"  {problem}" for problem in bad.problems)
            raise CommandError(f"Nothing was loaded:\n{listed}") from None
        self.stdout.write(f"{count} people can sign in.")
