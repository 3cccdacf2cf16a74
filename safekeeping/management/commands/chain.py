"""`manage.py chain`: is the chain of events whole?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from safekeeping import chain
from safekeeping.errors import Unreadable


class Command(BaseCommand):
    """verify: find an edit, a gap, a reorder, a rollback. anchor: leave the head outside now."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "anchor"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["what"])()
        except Unreadable as refusal:
            raise CommandError(str(refusal)) from None

    def verify(self) -> None:
        found = chain.verify(timezone.now())
        for finding in found:
            self.stdout.write(chain.FINDINGS[finding.kind].format(at=finding.at))
        if found:
            raise CommandError(f"The chain of events is broken: {len(found)} findings.")
        self.stdout.write("The chain of events is whole.")

    def anchor(self) -> None:
        anchor = chain.anchor_head(timezone.now())
        self.stdout.write(f"{anchor.number} {anchor.mac}" if anchor else "No event is sealed yet.")
