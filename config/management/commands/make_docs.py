"""`make_docs`: write the pages of docs/ that come from the code, or check that they are fresh."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from config.documents import PAGES


class Command(BaseCommand):
    """Needs no rows of the database, only the code."""

    help = "Write the generated pages of docs/; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write every page, or name those that are stale."""
        stale = [name for name, text in PAGES.items() if _stored(name) != text()]
        if options["check"] and stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run `manage.py make_docs`.")
        for name in stale:
            _path(name).parent.mkdir(exist_ok=True)
            _path(name).write_text(PAGES[name](), encoding="utf-8")
            self.stdout.write(f"docs/{name}")


def _path(name: str) -> Any:
    return settings.BASE_DIR / "docs" / name


def _stored(name: str) -> str:
    path = _path(name)
    return str(path.read_text(encoding="utf-8")) if path.exists() else ""
