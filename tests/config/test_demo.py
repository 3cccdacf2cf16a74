"""Where people are already, the first start makes no demo over them."""

from pathlib import Path

import pytest

from config import demo, embedded


@pytest.fixture
def somebody_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MAI_AM_MODE", "demo")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(demo, "_is_somebody_there", lambda: True)
    return tmp_path


def never(*words: str) -> None:
    pytest.fail(f"{words} would have been played over what is there")


def test_our_own_database_that_was_played_in_is_shown_as_it_is(somebody_there: Path) -> None:
    demo.make(never)

    assert (somebody_there / "demo").read_text() == "made"


def test_a_given_database_with_people_is_refused(
    somebody_there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@nowhere/given")

    with pytest.raises(embedded.DatabaseRefused, match="has people in it"):
        demo.make(never)
    assert not (somebody_there / "demo").exists()


def test_a_restored_database_is_not_shown_as_a_demo(somebody_there: Path) -> None:
    demo.leave_alone()

    with pytest.raises(embedded.DatabaseRefused, match="holds a restored database"):
        demo.make(never)

    demo._mark().unlink()
    demo.make(never)
    assert (somebody_there / "demo").read_text() == "made"
