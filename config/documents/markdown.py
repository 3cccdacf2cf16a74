"""The few pieces of Markdown that the generated pages share."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Made from the code by `manage.py make_docs`; do not edit. -->"


def page(title: str, *parts: str) -> str:
    """A whole page; parts are parted by blank lines."""
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [_line(head), _line(["---"] * len(head))]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
