"""`restore`: an archive back into an empty database, and the proof that it is whole."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from config import backups, demo
from network.actions import people
from safekeeping import canary, chain, erasure, keys
from safekeeping.errors import Unreadable
from safekeeping.models.keys import SubjectKey

BATCH = 500


class Command(BaseCommand):
    """Put the copy of the key ring in its place first."""

    help = "Restore a sealed archive into an empty database; verify chain and keys."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The archive that `backup` wrote."""
        parser.add_argument("source", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is proven, or in one sentence what is not."""
        try:
            facts = backups.restore(options["source"])
            demo.leave_alone()
            call_command("migrate", interactive=False, verbosity=0)
            self._prove(datetime.fromisoformat(str(facts["made"])))
        except (backups.BackupRefused, Unreadable, OSError) as refused:
            raise CommandError(f"Not restored: {refused}") from refused

    def _prove(self, made: datetime) -> None:
        canary.verify_canary()
        erased = erasure.replay_ledger()
        people.void_codes(now=made)
        opened = try_all_keys()
        self.stdout.write(
            f"Restored the backup of {made:%Y-%m-%d %H:%M} UTC: {opened} data keys open, "
            f"{erased} erasures redone."
        )
        self._prove_chain(made)

    def _prove_chain(self, made: datetime) -> None:
        """As it was then: what was recorded a moment before the backup need not be sealed yet."""
        chain.note_restore(datetime.now(UTC))  # heads left outside since then are of a lost future
        findings = chain.verify(made)
        for finding in findings:
            self.stdout.write(chain.FINDINGS[finding.kind].format(at=finding.at))
        if findings:
            raise CommandError(
                f"Restored, but the chain of events is broken ({len(findings)} findings): "
                "do not serve this."
            )
        self.stdout.write("The chain of events is whole.")


def try_all_keys() -> int:
    """Unwrap every data key; returns how many subjects. Raises Unreadable."""
    subjects = list(SubjectKey.objects.order_by("pk").values_list("subject", flat=True))
    for start in range(0, len(subjects), BATCH):
        keys.deks_for(subjects[start : start + BATCH])
    return len(set(subjects))
