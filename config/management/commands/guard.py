"""`guard`: would anything be served like this? One sentence and exit 1 where not."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from config import guard


class Command(BaseCommand):
    """What every serving process asks itself at its start, asked once by hand."""

    help = "Check role, policies and keys as every serving process does at its start."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError with the sentence."""
        try:
            guard.require_safe_start()
        except guard.UnsafeStart as unsafe:
            raise CommandError(str(unsafe)) from unsafe
