"""`first_admin`: the first person of a new installation, who then invites all others."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from network.actions import people
from network.forms import USERNAME
from network.messages import MESSAGES
from safekeeping.errors import RuleBroken


class Command(BaseCommand):
    """Refused once the network has an administrator: from then on people invite people."""

    help = "Make the first network administrator and print the code to set a password with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and in which agency."""
        parser.add_argument("username", help="letters without accents, for example hanh.tran")
        parser.add_argument("--family", required=True, help="family name")
        parser.add_argument("--middle", default="", help="middle name")
        parser.add_argument("--given", required=True, help="given name")
        parser.add_argument("--agency", required=True, help="its code in the province's data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the person, or say why not."""
        try:
            USERNAME(options["username"])
        except ValidationError as wrong:
            raise CommandError(wrong.message) from None
        names = people.Names(
            options["username"], options["family"], options["middle"], options["given"]
        )
        try:
            made = people.appoint_first_admin(
                agency=options["agency"], names=names, now=timezone.now()
            )
        except RuleBroken as broken:
            raise CommandError(str(MESSAGES[broken.code])) from None
        self.stdout.write(
            f"{options['username']} opens the page /mat-khau-moi and writes this code: {made.code}"
        )
