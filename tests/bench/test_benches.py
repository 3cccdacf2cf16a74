"""Each bench at a tiny size: it works, and it measures what it says. Counts only, never times."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from network import edition
from safekeeping.keyring import FileSource
from tests.bench import (
    b1_intake,
    b2_sealed,
    b3_queue,
    b4_beds,
    b5_alert,
    b8_pages,
    b10_steps,
    measuring,
    peers,
    world,
)
from tests.bench.measuring import Figure, Found
from tests.conftest import empty


@pytest.fixture(autouse=True)
def _world(
    transactional_db: None, key_ring: FileSource, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The province, committed: benches have connections and processes of their own."""
    monkeypatch.setenv("KEY_RING_FILE", str(key_ring.path))
    empty()
    world.load()
    yield
    edition.forget()


def tiny(bench: ModuleType) -> Found:
    found: Found = bench.run(bench.TINY)
    assert found.figures
    return found


def test_the_intake_is_written_again_row_by_row():
    counts = tiny(b1_intake).counts

    assert counts["rows"] == 22
    assert counts["copied"]
    assert counts["statements"]["with"] <= 33
    assert counts["statements"]["without"] <= 28


def test_every_form_of_the_survivors_reads_the_same_secrets():
    counts = tiny(b2_sealed).counts

    assert counts["fetched by closed"] == []
    lists = ["closed", "opened", "plain", "nothing", *peers.NAMES]
    assert {name: counts[name] for name in lists} == dict.fromkeys(lists, 5)
    secrets = counts["secrets"]
    assert secrets.keys() == {"opened", "plain", *peers.NAMES}
    assert len(secrets["plain"]) == 10
    assert [name for name, found in secrets.items() if found != secrets["plain"]] == []


def test_the_queue_shows_two_pages_of_what_waits():
    counts = tiny(b3_queue).counts

    assert counts == {80: {"shown": [25, 25], "twice": 0, "tabs": [60, 0, 0], "all": 80}}


def test_beds_are_given_to_whom_there_is_room_for():
    counts = tiny(b4_beds).counts

    # One bed and ten claimers, then six beds and ten families of three; one of each rolls back.
    assert counts["HELD"] == 1 + 2
    assert counts["WAITING"] == 8 + 7
    assert counts["undone"] == 2
    assert {counts.get(what, 0) for what in ("double bookings", "deadlocks", 'false "full"')} == {0}


def test_every_alert_reaches_the_gateway():
    counts = tiny(b5_alert).counts

    assert counts == {"emergencies": 1, "texts": 2, "empty": 2, "left": 0}


def test_every_page_is_asked_for():
    counts = tiny(b8_pages).counts

    assert counts["pages"].keys() == {"report form", "my work", "queue", "case page", "bed board"}
    assert all(0.9 < weight < 1.1 for weight in counts["bare weighs"].values())


def test_a_whole_case_has_twenty_acts_of_five_agencies():
    counts = tiny(b10_steps).counts

    assert (counts["acts"], counts["agencies"], counts["state"]) == (20, 5, "CLOSED")
    assert {"referral.completed", "stay.discharged", "item.finished"} <= counts["topics"]


def test_runs_take_turns_and_are_warm():
    order: list[str] = []
    runs: dict[str, Any] = {name: lambda name=name: order.append(name) for name in "AB"}

    taken = measuring.take_turns(2, runs)

    assert "".join(order) == "AB" + "AB" + "BA"
    assert taken.keys() == {"A", "B"}


@pytest.mark.parametrize(
    ("ratio", "at_most", "is_met"),
    [(2.0, True, True), (2.1, True, False), (2.0, False, True), (1.9, False, False)],
)
def test_a_target_is_met_at_the_very_edge(ratio: float, at_most: bool, is_met: bool):
    figure = Figure("B0", "work", "1", "1", ratio, 2, at_most)

    assert figure.is_met is is_met
    assert figure.distance == pytest.approx(1.0, abs=0.06)
    assert ("pass" if is_met else "short") in measuring.table([figure])
