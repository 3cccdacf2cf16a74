"""B3: an agency's queue among 10 thousand, 100 thousand and a million referrals.

First page, next page and the counts of its tabs, by the real view with all middleware and row-level
security. What waits for the agency is as much at each size; the rest is history, a twentieth of it
its own. Each size is a database of its own, so that the sizes take turns; beside it the same page
seen by the tables' owner, for whom no policy denies anything.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import embedded
from network.models import User
from referral.models import Referral
from referral.views import queue
from safekeeping import rls
from tests.bench import world
from tests.bench.measuring import Figure, Found, ms, take_turns
from tests.browser.sessions import session_for

WAITING = 60  # more than two pages
SENDERS = 20
FOLLOWING = re.compile(r"after=([0-9a-f-]{36})")
CARD = re.compile(r"/chuyen-tuyen/([0-9a-f-]{36})")
WHO, ITS = "chau", "ttyt-phucu"


@dataclass(frozen=True)
class Size:
    referrals: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    rounds: int = 25


FULL, TINY = Size(), Size(referrals=(80,), rounds=1)


@dataclass
class Place:
    """One database with so many referrals, looked at by the app and by the owner."""

    app: world.Seat
    owner: world.Seat
    client: Client
    following: str
    statements: int


def run(size: Size) -> Found:
    """Fill, then look in turn."""
    with ExitStack() as opened:
        places = {count: opened.enter_context(_place(count)) for count in size.referrals}
        taken = take_turns(size.rounds, {
            f"{what} {count}": (lambda place=place, look=look: look(place))
            for count, place in places.items() for what, look in LOOKS.items()
        })  # fmt: skip
        counts = {count: _counted(place) for count, place in places.items()}
    least, most = min(size.referrals), max(size.referrals)

    def growth(what: str, count: int) -> Figure:
        larger, smaller = taken[f"{what} {count}"], taken[f"{what} {least}"]
        work = f"{what} at {_short(count)} : at {_short(least)}"
        return Figure("B3", work, ms(larger), ms(smaller), larger / smaller, 1.3)

    figures = [growth(what, n) for what in LOOKS if what != OWNERS for n in size.referrals[1:]]
    seen, free = taken[f"first page {most}"], taken[f"{OWNERS} {most}"]
    statements = places[most].statements
    figures += [
        Figure("B3", f"first page at {_short(most)} : without RLS", ms(seen), ms(free),
               seen / free, 1.15),
        Figure("B3", "first page: statements", str(statements), "–", statements, 8),
    ]  # fmt: skip
    return Found(figures, counts)


def _short(count: int) -> str:
    return f"{count // 1_000_000} M" if count >= 1_000_000 else f"{count // 1000} k"


def _get(client: Client, after: str = "") -> str:
    """The page, whole."""
    answer = client.get(reverse("referral:queue"), {"after": after} if after else {})
    if answer.status_code != 200:
        raise RuntimeError(f"the queue answered {answer.status_code}")
    return str(answer.content.decode())


def _tabs() -> list[dict[str, Any]]:
    actor, now = world.actor(WHO), timezone.now()
    with rls.acting(actor=actor, now=now):
        return queue._tabs("in", queue.counts(actor, now))


OWNERS = "first page, owner"
LOOKS: dict[str, Callable[[Place], Any]] = {
    "first page": lambda place: place.app.run(lambda: _get(place.client)),
    "next page": lambda place: place.app.run(lambda: _get(place.client, place.following)),
    "counts": lambda place: place.app.run(_tabs),
    OWNERS: lambda place: place.owner.run(lambda: _get(place.client)),
}


def _counted(place: Place) -> dict[str, Any]:
    def count() -> dict[str, Any]:
        pages = _get(place.client), _get(place.client, place.following)
        shown = [set(CARD.findall(page)) for page in pages]
        return {"shown": [len(page) for page in shown], "twice": len(shown[0] & shown[1]),
                "tabs": [tab["count"] for tab in _tabs()]}  # fmt: skip

    counted = place.app.run(count)
    counted["all"] = place.owner.run(Referral.objects.count)
    return counted


# Databases of so many referrals


@contextmanager
def _place(count: int) -> Iterator[Place]:
    with _database(count) as name, ExitStack() as seats:
        app = seats.enter_context(world.seat(database=name))
        owner = seats.enter_context(world.seat(role="owner", database=name))
        client = Client(HTTP_HOST="localhost")
        client.cookies["l"] = "vi"
        client.cookies["s"] = owner.run(lambda: session_for(User.objects.get(username=WHO)))
        first = app.run(lambda: _get(client))
        statements = app.run(lambda: _statements(client))
        following = FOLLOWING.search(first)
        assert following, "no page follows"
        yield Place(app, owner, client, following[1], statements)


def _statements(client: Client) -> int:
    with CaptureQueriesContext(connection) as said:
        _get(client)
    return len(said)


@contextmanager
def _database(count: int) -> Iterator[str]:
    """A copy of the province with so many referrals; a small number goes into the one at hand."""
    here = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    name = f"bench_{count}_{uuid4().hex[:6]}" if count >= SMALL else here
    server = embedded.Postgres()
    if name != here:
        with server.connect() as db:
            db.execute(f"CREATE DATABASE {name} TEMPLATE {here} OWNER mai_am_owner")
    with server.connect(database=name) as db:
        _fill(db, count)
    try:
        yield name
    finally:
        if name != here:
            with server.connect() as db:
                db.execute(f"DROP DATABASE {name} (FORCE)")


SMALL = 1000
CASES = """
    INSERT INTO casework_case (reference, version, code, alias, person, subject_reference, state,
        closing_from, owner_id, legal_tracks, risk_level, detected_channel, detected_kind, place_id,
        opened_at, recorded_at, closure_reason, wishes_coded, accused_status, conflict, counted,
        contactable, not_told)
    SELECT gen_random_uuid(), 1, %(mark)s || n, %(mark)s || n, gen_random_uuid(),
        gen_random_uuid(), 'DETECTED', '', o.ids[1 + n %% cardinality(o.ids)], '{}', 'standard',
        'police', 'commune_police', NULL, now(), now(), '', '{}', 'unknown', 'no', true, true,
        '{}'
    FROM generate_series(1, %(cases)s) n, (SELECT array_agg(id) AS ids FROM (
        SELECT id FROM network_agency WHERE kind = 'commune_committee' ORDER BY id
        LIMIT %(senders)s) a) o
    RETURNING id
"""
ACCESS = """
    INSERT INTO casework_access (reference, version, case_id, agency_id, reach, groups, why, source,
        starts, live)
    SELECT gen_random_uuid(), 1, c.id, c.owner_id, 2, '{}', 'owner', c.reference, now(), true
    FROM casework_case c WHERE c.code LIKE %(mark)s || '%%'
"""
# The first ones wait for the agency; all others were answered, one in twenty by it.
REFERRALS = """
    INSERT INTO referral_referral (reference, version, case_id, kind, service, ground, statute,
        from_agency_id, to_agency_id, outside, state, urgency, reach_by, area, age_band, risk,
        needs, parts, groups, round, passed_on, sent_at, recorded_at, answer_due, answered_at,
        answered_how, reason, outcome)
    SELECT gen_random_uuid(), 1, c.id, 'service', 'health', 'life', '', c.owner_id,
        CASE WHEN n <= %(waiting)s OR n %% 20 = 0 THEN %(to)s
            ELSE o.ids[1 + n %% cardinality(o.ids)] END,
        false, CASE WHEN n <= %(waiting)s THEN 'SENT' ELSE 'COMPLETED' END, 'routine', 'companion',
        '', 'unknown', 'standard', '{exam}', '{}', '{person}', gen_random_uuid(), false,
        now() - n * interval '1 minute', now(), now() + (n %% 1000) * interval '1 minute',
        CASE WHEN n > %(waiting)s THEN now() END, '', '',
        CASE WHEN n > %(waiting)s THEN 'helped' ELSE '' END
    FROM generate_series(1, %(count)s) n
    JOIN (SELECT id, owner_id, row_number() OVER (ORDER BY id) AS number FROM casework_case
          WHERE code LIKE %(mark)s || '%%') c ON c.number = 1 + n %% %(cases)s,
    (SELECT array_agg(id) AS ids FROM (SELECT id FROM network_agency WHERE id <> %(to)s
        AND kind = 'health_facility' ORDER BY id LIMIT 19) a) o
"""
TABLES = ("casework_case", "casework_access", "referral_referral")


def _fill(db: Any, count: int) -> None:
    """In bulk, as the superuser: triggers and foreign keys were checked when the code was."""
    to = db.execute("SELECT id FROM network_agency WHERE code = %s", [ITS]).fetchone()[0]
    values = {
        "mark": f"b3-{uuid4().hex[:5]}-", "cases": max(1, count // 4), "count": count, "to": to,
        "waiting": min(WAITING, count), "senders": SENDERS,
    }  # fmt: skip
    with db.transaction():
        db.execute("SET LOCAL session_replication_role = replica")
        with _untriggered(db):
            for statement in (CASES, ACCESS, REFERRALS):
                db.execute(statement, values)
    for table in TABLES:
        db.execute(f"VACUUM ANALYZE {table}")


@contextmanager
def _untriggered(db: Any) -> Iterator[None]:
    """Ours are always enabled, for replicas too; a completed referral is not born as one."""
    found = db.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgenabled = 'A' AND tgrelid = ANY (%s::regclass[])", [list(TABLES)],
    ).fetchall()  # fmt: skip
    for table, name in found:
        db.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
    yield
    for table, name in found:
        db.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')
