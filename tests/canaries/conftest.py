"""The cast of casework's tests, and a dump of the database as a thief would take it."""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from config import embedded
from network import edition
from network.loading import province
from tests.casework.conftest import HUNG_YEN, actor, assigned, cast, report
from tests.conftest import NOW
from tests.hotline.conftest import on_duty

__all__ = ["actor", "assigned", "cast", "on_duty", "report"]


@pytest.fixture(autouse=True)
def _hung_yen(request: pytest.FixtureRequest) -> Iterator[None]:
    """The province, for tests that commit and are emptied after; the scanner's own need none."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        edition.forget()
        province.load(HUNG_YEN, NOW)
    yield
    edition.forget()


@pytest.fixture
def dump() -> Callable[[], bytes]:
    """`dump()`: everything there is, in plain SQL, read as the superuser."""

    def take() -> bytes:
        connection.close()
        login = embedded.settings_for("owner")
        user = "postgres" if embedded.is_embedded() else login["USER"]
        where = {
            "PGHOST": login["HOST"], "PGPORT": str(login["PORT"] or ""), "PGUSER": user,
            "PGPASSWORD": login["PASSWORD"] or "",
        }  # fmt: skip
        command = [embedded.binary("pg_dump"), "--enable-row-security", "--inserts"]
        return subprocess.run(
            [*map(str, command), connection.settings_dict["NAME"]],
            env={**os.environ, **{k: v for k, v in where.items() if v}},
            capture_output=True, check=True,
        ).stdout  # fmt: skip

    return take
