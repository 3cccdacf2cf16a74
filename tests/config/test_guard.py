"""Nothing is served with a wrong role, a table left open or wrong keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.config.conftest import House

WRONG = [
    (
        "ALTER ROLE mai_am_app BYPASSRLS",
        "ALTER ROLE mai_am_app NOBYPASSRLS",
        "mai_am_app bypasses row-level security",
    ),
    (
        "ALTER ROLE mai_am_app SUPERUSER",
        "ALTER ROLE mai_am_app NOSUPERUSER",
        "mai_am_app is a superuser",
    ),
    (
        "CREATE TABLE stray (case_id bigint)",
        "DROP TABLE stray",
        "Without row-level security: stray",
    ),
    (
        "ALTER TABLE casework_case NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE casework_case FORCE ROW LEVEL SECURITY",
        "Without row-level security: casework_case",
    ),
    (
        "CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO mai_am_app",
        "DROP TABLE mine",
        "mai_am_app owns tables",
    ),
    (
        "UPDATE django_migrations SET app = 'elsewhere' WHERE app = 'figures'",
        "UPDATE django_migrations SET app = 'figures' WHERE app = 'elsewhere'",
        "The database is behind the program",
    ),
]


@contextmanager
def wronged(house: House, wrong: str, right: str) -> Iterator[None]:
    house.sql(wrong)
    try:
        yield
    finally:
        house.sql(right)


def test_a_safe_house_is_let_start(house: House) -> None:
    done = house.manage("guard")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("wrong", "right", "sentence"), WRONG, ids=lambda text: text[:30])
def test_a_wrong_database_is_refused_in_one_sentence(
    house: House, wrong: str, right: str, sentence: str
) -> None:
    with wronged(house, wrong, right):
        done = house.manage("guard")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_owner_may_not_serve(house: House) -> None:
    done = house.manage("procrastinate", "worker", "--one-shot", MAI_AM_DB_ROLE="owner")

    assert done.returncode == 1
    assert done.stderr.startswith("The database login mai_am_owner owns tables")


def test_another_key_ring_is_refused(house: House, tmp_path: Path) -> None:
    other = tmp_path / "ring.json"
    made = house.manage(
        "shell", "-v0", "-c",
        "import sys; from datetime import datetime, UTC; from pathlib import Path;"
        " from safekeeping.keyring import FileSource, new_ring;"
        f" FileSource(Path({str(other)!r})).make(new_ring(now=datetime.now(UTC)))",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr

    done = house.manage("sweep", "--once", KEY_RING_FILE=str(other))

    assert done.returncode == 1
    assert "key this database was sealed with" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_lost_key_ring_is_not_made_anew(house: House, tmp_path: Path) -> None:
    done = house.manage("setup", KEY_RING_FILE=str(tmp_path / "lost.json"))

    assert done.returncode == 1
    assert "The key ring is missing" in done.stderr


def test_production_does_not_start_without_its_secret(house: House) -> None:
    done = house.manage("guard", MAI_AM_MODE="production")

    assert done.returncode == 1
    assert done.stderr == "SECRET_KEY is missing: production does not start without it.\n"


IN_EARNEST = {"MAI_AM_MODE": "production", "SECRET_KEY": "x" * 50}


@pytest.mark.parametrize("name", ["DEBUG=1", "MFA_REQUIRED=0"])
def test_production_does_not_start_with_what_a_demo_leaves_out(house: House, name: str) -> None:
    key, value = name.split("=")

    done = house.manage("guard", **IN_EARNEST, **{key: value})

    assert done.returncode == 1
    assert done.stderr == f"{name} is for demo and tests: production does not start with it.\n"


def test_an_address_with_a_slash_at_its_end_is_the_same(house: House) -> None:
    asked = "from django.conf import settings; print(settings.PUBLIC_URL)"

    done = house.manage("shell", "-v0", "-c", asked, PUBLIC_URL="https://mai-am.example.vn/")

    assert done.stdout == "https://mai-am.example.vn\n"


def test_the_example_environment_passes_djangos_own_check(house: House) -> None:
    filled = {
        "MAI_AM_MODE": "production",
        "SECRET_KEY": "a-long-random-text-" + "".join(map(chr, range(48, 123))),
        "PUBLIC_URL": "https://mai-am.example.vn",
        "ALLOWED_HOSTS": "mai-am.example.vn",
    }

    done = house.manage("check", "--deploy", "--fail-level", "WARNING", **filled)

    assert done.returncode == 0, done.stderr
