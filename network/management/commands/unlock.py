"""`unlock`: somebody typed too many wrong passwords, and no administrator can open the door."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from network.actions import people
from network.messages import MESSAGES
from safekeeping.errors import RuleBroken


class Command(BaseCommand):
    """For the operator's shell; people are let in by the administrator of their agency."""

    help = "Let somebody try to sign in again at once after too many wrong passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the door, or say that there is nobody of this name."""
        try:
            people.unlock(username=options["username"], now=timezone.now())
        except RuleBroken as broken:
            raise CommandError(str(MESSAGES[broken.code])) from None
        self.stdout.write(f"{options['username']} can sign in again at once")
