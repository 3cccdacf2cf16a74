"""`migrate`, and then every table's rights and policies: no migration leaves a table open."""

from typing import Any

from django.core.management.commands import migrate

from safekeeping import policies


class Command(migrate.Command):
    """Django's own command; the test runner calls it too."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then put grants, policies and triggers as the models declare them."""
        super().handle(*args, **options)
        looks_only = options["plan"] or options["check_unapplied"]
        if not looks_only and not options["app_label"]:
            policies.sync()
