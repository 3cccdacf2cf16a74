"""`manage.py keys`: which wrapping keys there are, new ones, and the end of old ones."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from safekeeping import rotation
from safekeeping.errors import KeysUnavailable, RuleBroken

SENTENCES = {
    "key-in-use": "The old key {key} is still needed: run `keys rewrap` first.",
    "keys-locked": "{left} data keys stayed locked by other work: run `keys rewrap` again.",
}


class Command(BaseCommand):
    """status: what wraps how much. rotate: new wrapping and index keys, and all made under them.

    rewrap: go on with a rotation, or follow one made where the ring is kept.
    retire: destroy keys retired longer than backups are kept.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["status", "rotate", "rewrap", "retire"])
        parser.add_argument("--kept-days", type=int, default=rotation.BACKUPS_KEPT.days)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["what"])(options)
        except KeysUnavailable as refusal:
            raise CommandError(str(refusal)) from None
        except RuleBroken as refusal:
            raise CommandError(SENTENCES[refusal.code].format(**refusal.facts)) from None

    def status(self, options: dict[str, Any]) -> None:
        for use in rotation.status():
            state = f"retired {use.key.retired:%Y-%m-%d}" if use.key.retired else "in use"
            self.stdout.write(f"{use.key.id}  made {use.key.made:%Y-%m-%d}  {state}  {use.wraps}")

    def rotate(self, options: dict[str, Any]) -> None:
        done = rotation.rotate(now=timezone.now())
        self.stdout.write(f"{done} data keys lie under a new key. Copy the key ring's file again.")
        self.renew()

    def rewrap(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{rotation.rewrap()} data keys wrapped anew.")
        self.renew()

    def renew(self) -> None:
        done = rotation.renew_indexes(now=timezone.now())
        self.stdout.write(f"{done} people's search indexes made anew.")

    def retire(self, options: dict[str, Any]) -> None:
        kept = timedelta(days=options["kept_days"])
        gone = rotation.retire(now=timezone.now(), kept=kept)
        self.stdout.write(f"{len(gone)} keys destroyed. Replace all copies of the key ring's file.")
