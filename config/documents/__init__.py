"""Pages of `docs/` that are made from the code, so that they cannot drift from it.

`manage.py make_docs` writes them, `--check` (part of `make check`, and a test) compares. To add
one, write a function that gives its text and name it in PAGES.
"""

from collections.abc import Callable

from config.documents import clocks, drawings, permissions, states, stolen_dump

PAGES: dict[str, Callable[[], str]] = {
    "states.md": states.page,
    "clocks.md": clocks.page,
    "permissions.md": permissions.page,
    "stolen-dump.md": stolen_dump.page,
    **drawings.pages(),
}
