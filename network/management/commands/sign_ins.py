"""`sign_ins`: one sign-in for each role of the demonstration."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.utils.translation import override

from network.loading import people
from network.models import User
from network.roles import Role


class Command(BaseCommand):
    """Printed with the address when a demonstration starts; silent anywhere else."""

    help = "Print one sign-in for each role of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a table, if this is a demonstration with its people in it."""
        file = Path(settings.NETWORK_DATA) / "demo-people.yaml"
        if not settings.DEMO or not file.exists():
            return
        found = people.read(file)
        there = set(User.objects.values_list("username", flat=True))
        with override("en"):
            for row in found.people:
                if row.data.get("sign_in") and row.text("username") in there:
                    role = Role(row.text("sign_in")).label
                    self.stdout.write(f"  {role:<24} {row.text('username'):<8} {found.password}")
