"""`sign_ins`: one sign-in for each role of the demonstration."""

from typing import Any

from django.core.management import BaseCommand
from django.utils.translation import override

from network import demo
from network.models import User


class Command(BaseCommand):
    """Printed with the address when a demonstration starts; silent anywhere else."""

    help = "Print one sign-in for each role of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a table, if this is a demonstration with its people in it."""
        there = set(User.objects.values_list("username", flat=True))
        with override("en"):
            for one in demo.sign_ins():
                if one.username in there:
                    role = str(one.role.label)
                    self.stdout.write(f"  {role:<24} {one.username:<8} {demo.password()}")
