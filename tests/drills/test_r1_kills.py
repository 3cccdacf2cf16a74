"""R1: processes, sessions and the server are killed at named points and at random, under load.

What was acknowledged must stand, what stands must be whole, no alert may be lost, no bed given
twice, and no fault may cost more than one text too many.
"""

import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone
from twilio.request_validator import RequestValidator

from network import registry
from network.models import Agency, Membership, Shift, ShiftPhone
from safekeeping import keys
from safekeeping.keyring import FileSource
from tests.drills import endstate, history
from tests.drills.clients import Load, at_work
from tests.drills.family import KINDS, STOPPED, Family, family
from tests.drills.points import AMONG_POINTS, POINTS, VICTIMS
from tests.hotline.operator import Operator, operator
from tests.houses import House, own_house
from tests.shelters.conftest import PLACE, load

TOKEN = "a token of the drill"
FIRST_TEXT = 60  # seconds, from when all run again to the first text of what stood before
ON_DUTY = {
    "worker": "0912000001", "leader": "0912000002", "coordinator": "0912000003",
    "nurse": "0912000004", "keeper": "0912000005",
}  # fmt: skip
# In `make test`: one for each kind of process, a session and the server, at the worst moments.
SHORT = (
    ("before commit of report", "process"),
    ("after commit of report", "process"),
    ("gateway answered, not noted", "process"),
    ("event with its jobs", "backend"),
    ("before commit of hold", "postmaster"),
)


@pytest.fixture
def house(
    tmp_path: Path, django_db_setup: None, django_db_blocker: Any, key_ring: FileSource,
    settings: Any,
) -> Iterator[House]:  # fmt: skip
    """Hưng Yên with its houses and people on duty, on a server that forgets nothing."""
    with own_house(tmp_path, key_ring, django_db_blocker, fast=False) as house:
        settings.CHAIN_ANCHORS = {"file": str(house.home / "anchors.log"), "mail": ""}
        load()
        for name, number in ON_DUTY.items():
            _put_on_duty(name, number)
        yield house


def _put_on_duty(name: str, number: str) -> None:
    held = Membership.objects.get(user__username=name)
    agency = Agency.objects.get(pk=held.agency_id)
    agency.subject = agency.subject or keys.create_subject()
    agency.save(update_fields=["subject"])
    now = timezone.now()
    Shift.born(
        agency=agency, membership=held, turn=1, phone=ShiftPhone(number=number),
        starts=now - timedelta(hours=1), ends=now + timedelta(hours=24),
    )  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Operator]:
    """An operator that says of every second text that it arrived, sometimes before its answer."""
    with operator() as desk, ThreadPoolExecutor(2) as lines:
        arrived: dict[str, float] = {}

        def take(text: dict[str, str]) -> None:
            arrived.setdefault(endstate.attempt_of(text), time.time())
            if random.random() < 0.5:
                lines.submit(_tell, text)

        desk.on_text = take
        desk.arrived = arrived  # type: ignore[attr-defined]
        yield desk


def _tell(text: dict[str, str]) -> None:
    fields = {"MessageSid": text["sid"], "MessageStatus": "delivered"}
    signature = RequestValidator(TOKEN).compute_signature(text["StatusCallback"], fields)
    try:
        httpx.post(
            text["StatusCallback"], data=fields, headers={"X-Twilio-Signature": signature},
            timeout=10,
        )  # fmt: skip
    except httpx.HTTPError:
        return  # a receipt that finds nobody is lost; the alert is not


def plan(drill: Any) -> list[tuple[str, str]]:
    """(point, victim) in turn; a point of "" is no point but any moment."""
    if not drill.at_length:
        return list(SHORT)
    many, chance, faults = drill.size(short=5, length=1_000), random.Random(1), []
    while len(faults) < many:
        faults += _each_once(chance)
    return faults[:many]


def _each_once(chance: random.Random) -> list[tuple[str, str]]:
    """Every victim at every point, and half as many at any moment."""
    named = list(product(POINTS, VICTIMS))
    among = [(p, f"{who} {chance.randint(1, 36)}") for p, who in product(AMONG_POINTS, VICTIMS)]
    anyone = (*KINDS, *(STOPPED + kind for kind in KINDS), "postmaster")
    anywhen = [("", chance.choice(anyone)) for _ in range(len(named) // 2)]
    faults = [*named, *among, *anywhen]
    chance.shuffle(faults)
    return faults


def never_passed(house: Family) -> list[str]:
    """Points that the work does not lead by, waited for before the first fault.

    A function that a rebuilt road no longer leads through would else be missed where its turn
    comes, which may be after hours, and look like people who fell silent.
    """
    every = (*POINTS, *AMONG_POINTS)
    house.wait_until(lambda: all(map(house.passed, every)))
    return [point for point in every if not house.passed(point)]


def strike(house: Family, people: Load, point: str, victim: str, chance: random.Random) -> str:
    """Do one fault; what went wrong with the drill itself, or ""."""
    if point:
        before, armed = people.done(), house.arm(point, victim)
        if not house.wait_until(lambda: not armed.exists()):
            armed.unlink(missing_ok=True)
            return f"nobody passed {point}; done meanwhile: {dict(people.done() - before)}"
    else:
        time.sleep(chance.random())
        house.kill(victim)
    return ""


def test_r1_what_was_acknowledged_stands_and_is_whole(
    drill: Any, house: House, desk: Operator
) -> None:
    place = registry.unit_on(PLACE, timezone.now().date())
    line = {
        "SMS_GATEWAY": "twilio", "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SENDER": "MAIAM", "TWILIO_BASE_URL": desk.url,
    }  # fmt: skip
    faults, trouble, chance = plan(drill), [], random.Random(2)
    struck: list[history.Fault] = []
    with family(house, twice=drill.at_length, **line) as running:
        assert running.wait(), (house.home / "web.log").read_text()
        with at_work(house, running.address, str(place.pk)) as people:
            silent = never_passed(running)
            assert silent == [], f"{silent} passed by nobody; done meanwhile: {people.done()}"
            for point, victim in faults:
                if drill.is_over():
                    break
                trouble.append(strike(running, people, point, victim, chance))
                at, about = time.time(), point or victim
                trouble.append("" if running.wait() else f"down after {about}")
                struck.append(history.Fault(about, at, time.time()))
        _let_settle(house, seconds=drill.size(short=5, length=90))
    end = endstate.read(house, desk, at=datetime.now(UTC))
    found = history.check(people.answers, end, faults=len(struck))

    drill.figure("R1", _said(faults[: len(struck)], people, end, found))
    waits = history.waits(struck, _first_texts(house, desk))
    drill.figure("R1", _timed(struck, waits))
    assert people.fallen == []
    assert [one for one in trouble if one] == []
    assert found == []
    done = {answer.act for answer in people.answers}
    assert done >= ({"report", *history.LEFT} if drill.at_length else {"report"})
    assert not drill.at_length or _once(waits) <= FIRST_TEXT


def _let_settle(house: House, *, seconds: int) -> None:
    """Let the sweep finish what it can; what a dead sender claimed waits a moment."""
    end = time.monotonic() + seconds
    while endstate.pending(house) and time.monotonic() < end:
        time.sleep(0.5)


def _first_texts(house: House, desk: Operator) -> list[tuple[float, float]]:
    """(opened, first text) of every alert that was told, in seconds."""
    arrived: dict[str, float] = desk.arrived  # type: ignore[attr-defined]
    opened = house.sql(
        "SELECT l.id, l.opened_at, array_agg(a.reference::text) FROM hotline_alert l"
        " JOIN hotline_attempt a ON a.alert_id = l.id GROUP BY l.id"
    )
    return [
        (at.timestamp(), min(arrived[one] for one in tries if one in arrived))
        for _pk, at, tries in opened if any(one in arrived for one in tries)
    ]  # fmt: skip


def _once(waits: list[tuple[int, float]]) -> float:
    """The longest wait of an alert that no second fault kept waiting, in seconds."""
    return max((seconds for faults, seconds in waits if faults == 1), default=0)


def _timed(struck: list[history.Fault], waits: list[tuple[int, float]]) -> str:
    down = max((one.back - one.struck for one in struck), default=0)
    seconds = [each for _faults, each in waits]
    return (
        f"all ran again within {down:.0f} s of a fault; {len(waits)} alerts stood untold at one:"
        f" first texts {statistics.median(seconds or [0]):.0f} s after all ran again (median),"
        f" {_once(waits):.0f} s at most, {max(seconds, default=0):.0f} s where a second fault came"
    )


def _said(faults: Any, people: Load, end: history.End, found: Any) -> str:
    by_kind = history.count(found)
    named = {point for point, _victim in faults if point}
    return (
        f"{len(faults)} faults at {len(named)} named points"
        f" and {sum(not point for point, _victim in faults)} at random;"
        f" {len(people.answers):,} acknowledged answers, {people.failed:,} asked again,"
        f" {len(end.reports):,} cases, {len(end.alerts):,} alerts:"
        f" {by_kind['lost answer']} lost answers, {by_kind['lost alert']} lost alerts,"
        f" {by_kind['double booking']} double bookings,"
        f" {by_kind['half-written case']} half-written cases,"
        f" {history.duplicates(end)} texts twice"
    )
