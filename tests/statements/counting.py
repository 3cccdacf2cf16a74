"""Counting statements, and the tables of ceilings beside this file.

`WRITE_STATEMENTS=1 pytest tests/statements` writes the tables anew; read the difference before it
lands.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

HERE = Path(__file__).parent
WRITING = bool(os.environ.get("WRITE_STATEMENTS"))
# Every ten seconds each process looks whether the law's data changed, on whichever page that falls.
NOT_OF_THE_PAGE = 'FROM "network_edition"'
LONGEST = 200

Statements = list[str]


@contextmanager
def counted() -> Iterator[Callable[[], Statements]]:
    """Yields what gives the statements of this block; BEGIN, COMMIT and savepoints are some too."""
    connection.queries_log.clear()  # it holds the last 9,000
    with CaptureQueriesContext(connection) as said:
        yield lambda: [
            query["sql"] for query in said.captured_queries if NOT_OF_THE_PAGE not in query["sql"]
        ]


def table(name: str) -> Any:
    """The ceilings of this name."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8")) or {}


def write(name: str, found: Mapping[str, Any]) -> None:
    """Make the ceilings what was found, under the head that the file has."""
    path = HERE / f"{name}.yaml"
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    lines = [f"{key}: {_written(found[key])}" for key in sorted(found)]
    path.write_text("\n".join([*head, *lines, ""]), "utf-8")


def _written(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return "{" + ", ".join(f"{role}: {value[role]}" for role in value) + "}"


def told(title: str, statements: Statements) -> str:
    """What was asked, for who has to find one too many."""
    return "\n".join([f"{title}: {len(statements)}", *(f"  {sql[:LONGEST]}" for sql in statements)])
