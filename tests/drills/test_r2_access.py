"""R2: everybody asks every address for every thing, and is shown what `rights` allows, no more.

Then each of the two locks alone: the app that says yes to everything, before the database; and
the owner of the tables, whom every row is open to, before the app.
"""

import inspect
from typing import Any

import pytest

from casework import access, policy
from casework.groups import EVERY
from casework.models.base import CaseQuerySet, CaseRecordQuerySet
from hotline import consumers, sockets
from hotline import policy as alert_policy
from network.models import Agency
from referral import policy as referral_policy
from safekeeping import events, rls
from shelters import policy as shelter_policy
from tests.conftest import NOW
from tests.drilling import Drill
from tests.drills.access import people, rights, world
from tests.drills.access.matrix import Matrix, ask_all, matrix, turns, verdict
from tests.drills.access.probes import Prober
from tests.shelters.conftest import loaded

__all__ = ["loaded", "matrix"]

pytestmark = pytest.mark.django_db

# Who stands outside for the database too: it knows offices and persons, not roles.
OUTSIDE = ("asked", "ended", "revoked", "blocked", "reporter's", "elsewhere", "province")


def test_nobody_is_shown_what_no_line_allows(matrix: Matrix, drill: Drill) -> None:
    prober = Prober(matrix.cast)
    who = list(matrix.cast) if drill.at_length else list(people.FEW)

    every = round(1 / drill.part) if drill.at_length else 1
    ask_all(matrix, prober, who, every=every, piece=drill.piece, whole=drill.at_length)

    verdict(drill, prober, "both locks")


def test_the_database_alone_shows_no_office_what_is_not_its_own(
    matrix: Matrix, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows offices and persons, not roles: asked by those who are outside for it too."""
    prober = Prober(matrix.cast, rights.knows_as_office)
    who = [one for one in matrix.cast if is_outside(one)]
    open_every_policy(monkeypatch)

    every = drill.one_in(short=8, length=1)
    ask_all(matrix, prober, who, every=every, piece=drill.piece, whole=False)

    verdict(drill, prober, "the app's lock off")


def test_pieces_together_ask_everything_once() -> None:
    asked = [one for piece in range(3) for one in asked_by(every=3, piece=piece)]

    assert sorted(asked) == sorted(asked_by(every=1, piece=0))


def asked_by(*, every: int, piece: int) -> list[tuple[str, str]]:
    who = list(people.FEW)
    return [(route.name, name) for _, route, name in turns(who, every=every, piece=piece)]


def is_outside(who: str) -> bool:
    if who == people.NOBODY or who.startswith("a blocked"):
        return True
    office, _ = people.place_of(who)
    return office in OUTSIDE and who != "the reporter"


def open_every_policy(patch: pytest.MonkeyPatch) -> None:
    """Everybody sees and may everything, as far as the app is asked."""
    for queryset in [CaseQuerySet, CaseRecordQuerySet, *_subclasses(CaseRecordQuerySet)]:
        if "visible_to" in vars(queryset):
            patch.setattr(queryset, "visible_to", lambda self, actor: self.all())
    for module in (policy, referral_policy, shelter_policy, alert_policy):
        for name, found in inspect.getmembers(module, inspect.isfunction):
            if name != "require" and found.__module__ == module.__name__:
                patch.setattr(module, name, lambda *args, **kwargs: True)
    patch.setattr(access, "groups_for", lambda *args: EVERY)


def _subclasses(kind: Any) -> list[Any]:
    return [one for child in kind.__subclasses__() for one in (child, *_subclasses(child))]


# Sockets and jobs

SOCKETS = {"ws/live": "the changes of one's own office, and beds for those who see the board"}
SEES_BOARD = {"keeper", "caseworker", "supervisor", "coordinator"}
OTHERS = ("builtin", "procrastinate", "bench.")  # the queue's own, and the empty job of a bench
JOBS = {"safekeeping.deliver": "works as the person whose act it follows, with ids for arguments"}


def test_every_socket_and_job_has_a_line() -> None:
    ours = {name for name in events.jobs.tasks if not name.startswith(OTHERS)}

    assert {str(one.pattern) for one in sockets.sockets} == set(SOCKETS)
    assert ours == set(JOBS)


def test_socket_hears_of_the_own_office_alone(matrix: Matrix) -> None:
    for who, actor in matrix.cast.items():
        beds = who != people.NOBODY and people.place_of(who)[1] in SEES_BOARD
        own = [f"agency.{actor.agency_id}"] if actor.agency_id else []
        assert consumers.groups_of(actor) == own + (["beds"] if beds else [])


def test_office_is_told_of_no_thing_that_it_may_not_know(matrix: Matrix) -> None:
    """What was pushed while the scenes were walked, at each moment of them."""
    offices = {f"agency.{Agency.objects.get(code=c).pk}": one for one, c in people.OFFICES.items()}
    things: dict[str, set[str]] = {}
    for scene in matrix.scenes:
        for name, found in scene.things.items():
            for reference in found:
                things.setdefault(str(reference), set()).add(name)
    told = [
        (offices[one.group], things[one.reference])
        for one in matrix.pushes
        if one.group in offices and one.reference in things
    ]

    assert told
    assert [one for one in told if not one[1] & rights.may_hear(one[0])] == []


HERS = ("incident", "plan", "item", "visit", "note", "card")  # rows of which none is a stranger's


def test_job_of_a_stranger_finds_no_row_of_the_case(matrix: Matrix, drill: Drill) -> None:
    """A job runs as its originator; it may read what happened, of the case itself nothing."""
    tried = found = 0
    for who in filter(is_outside, matrix.cast):
        with rls.acting(actor=matrix.cast[who], now=NOW, system="deliver"):
            for model in [world.Case, world.Survivor, *(world.OF_A_CASE[one] for one in HERS)]:
                tried += 1
                found += model.objects.exists()

    drill.figure("R2", f"{tried:,} looks by jobs of strangers, {found} found a row")
    assert found == 0


def test_job_of_the_blocked_finds_no_event(matrix: Matrix) -> None:
    for who in ("a blocked supervisor", "blocked/responder"):
        with rls.acting(actor=matrix.cast[who], now=NOW, system="deliver"):
            assert not events.Event.objects.exclude(case_id=None).exists()
