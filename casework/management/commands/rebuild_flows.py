"""Build flows anew from the events: after a fault, or when a flow was drawn differently."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from casework.flow_listeners import rebuild
from casework.models import Case
from safekeeping import rls
from safekeeping.events import Event


class Command(BaseCommand):
    help = "Build the flows of all cases, or of some, anew from their events. Claims are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", nargs="*", type=UUID, help="references; all cases if none")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        wanted = set(options["case"])
        done = [case_id for case_id in case_ids(now) if rebuild_one(case_id, wanted, now)]
        if wanted and len(done) < len(wanted):
            raise CommandError("Some of these cases do not exist.")
        self.stdout.write(f"Rebuilt the flows of {len(done)} cases.")


def case_ids(now: datetime) -> list[int]:
    """Every case that something has happened to."""
    with rls.acting(actor=None, now=now, system="repair"):
        begun = Event.objects.filter(topic="case.reported").order_by("case_id")
        ids = begun.values_list("case_id", flat=True).distinct()
        return [case_id for case_id in ids if case_id is not None]


def rebuild_one(case_id: int, wanted: set[UUID], now: datetime) -> bool:
    """One case in a transaction of its own; tells whether it was one of the wanted."""
    with rls.acting(actor=None, now=now, system="repair"), rls.on_case(case_id):
        reference = Case.objects.values_list("reference", flat=True).get(pk=case_id)
        if wanted and reference not in wanted:
            return False
        rebuild(case_id, now=now)
    return True
