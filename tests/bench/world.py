"""The province that is measured in, its people, and connections besides the app's own."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import structlog
from django.db import connection, connections

from casework.models import Access, AccessWhy, Case
from config import embedded
from config.rehearsal import play, worlds
from network import edition, registry
from network.actors import Actor
from network.loading import people, province
from network.models import Membership
from network.sittings import actor_for
from safekeeping import policies
from safekeeping.keys import create_subject
from shelters.actions import loading as houses

T = TypeVar("T")


def _ten_in_the_morning() -> datetime:
    """Of the last weekday: pages and workers read the real clock, so ours is not far from it."""
    day = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    return day - timedelta(days=1 + max(0, (day - timedelta(days=1)).weekday() - 4))


NOW = _ten_in_the_morning()
HUNG_YEN = Path("network/data/hung-yen")
PLACE = "12424"
ROSTER_DAYS = 15
PLAYED_DAYS, PLAYED_CASES, SEED = 30, 30, 7


def load(now: datetime = NOW) -> None:
    """Hưng Yên with its demonstration people and houses."""
    world = worlds.read()
    edition.forget()
    province.load(HUNG_YEN, now)
    people.load(embedded.BASE_DIR / world["people"], now - timedelta(days=1), days=ROSTER_DAYS)
    houses.load(embedded.BASE_DIR / world["shelters"], now)
    edition.forget()


def played(now: datetime = NOW) -> None:
    """Hưng Yên after a rehearsed month: queues, clocks and beds as life leaves them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    edition.forget()
    province.load(HUNG_YEN, now - timedelta(days=PLAYED_DAYS + 1))
    play.rehearse(world=worlds.read(), until=now, days=PLAYED_DAYS, cases=PLAYED_CASES, seed=SEED)
    edition.forget()


def actor(username: str, now: datetime = NOW) -> Actor:
    """One of the province's people, in the first of their offices."""
    held = Membership.objects.filter(user__username=username, ends=None)
    first = held.select_related("user", "agency").earliest("pk")
    return actor_for(first.user, first, now)


def cases(count: int, actor: Actor, mark: str) -> list[Case]:
    """So many cases of the actor's office, in bulk; to be called in an owner's seat.

    Each with its key and its owner's access, as reports would have left them.
    """
    place = registry.unit_on(PLACE, NOW.date())
    made = Case.objects.bulk_create(
        Case(
            code=f"{mark}-{number}", alias=f"{mark}-{number}", subject_reference=create_subject(),
            owner_id=actor.agency_id, risk_level="standard", detected_channel="police",
            detected_kind="commune_police", opened_at=NOW, recorded_at=NOW, conflict="no",
            place=place,
        )
        for number in range(count)
    )  # fmt: skip
    Access.objects.bulk_create(
        Access(case=case, agency_id=case.owner_id, reach=policies.OWNING, starts=NOW,
               why=AccessWhy.OWNER, source=case.reference)
        for case in made
    )  # fmt: skip
    return made


def tidy(db: psycopg.Connection[Any]) -> None:
    """Between measurements: no office has so many live cases that their names run out."""
    db.execute("UPDATE casework_case SET alias = 'x' || id WHERE alias NOT LIKE 'x%'")
    db.commit()


def raw(role: str = "owner") -> psycopg.Connection[Any]:
    """A plain connection to the database that Django uses, without any library between."""
    login, here = embedded.settings_for(role), connection.settings_dict
    opened = psycopg.connect(
        host=login["HOST"], port=login["PORT"] or None, user=login["USER"],
        password=login["PASSWORD"] or None, dbname=here["NAME"],
    )  # fmt: skip
    opened.prepare_threshold = 2  # as the app has it
    return opened


class Seat:
    """A thread whose Django connection logs in as a role, to a database, of its own choice."""

    def __init__(self, *, role: str = "app", database: str = "") -> None:
        name = database or connection.settings_dict["NAME"]
        login = embedded.settings_for(role) | {"NAME": name}
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(_log_in, login).result()

    def run(self, work: Callable[[], T]) -> T:
        """Do this in the seat's thread and wait for it."""
        return self._thread.submit(work).result()

    def leave(self) -> None:
        self._thread.submit(_log_out).result()
        self._thread.shutdown()


def _log_out() -> None:
    connection.close()  # asked for here: it is the thread's own


def _log_in(login: dict[str, Any]) -> None:
    own = connections["default"]
    own.settings_dict = {**own.settings_dict, **login}


@contextmanager
def seat(*, role: str = "app", database: str = "") -> Iterator[Seat]:
    """A seat for the length of a block."""
    taken = Seat(role=role, database=database)
    try:
        yield taken
    finally:
        taken.leave()
