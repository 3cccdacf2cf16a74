"""Whose rows are seen and written: the context of a transaction, and the case in hand.

`acting` says who; `on_case` takes one case in hand, which locks it and opens its rows, and only
its rows, to writing. Both are used as `with` items in actions, handlers, flows, sweeps and the
unit of work alone (a house test reads the code). The policies themselves stand in `policies.py`.

The database is told a context with the next statement that needs it, not before: most are given
back just before a COMMIT that forgets them anyway, and that was every sixth statement.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from safekeeping.errors import NotVisible

if TYPE_CHECKING:
    from django.db.models import QuerySet

SYSTEMS = frozenset({"", "sweep", "seal", "deliver", "figures", "repair", "setup", "gate", "audit"})
CASE_IDS = "casework_case_id_seq"
# Behind these others wait: a case that somebody keeps in hand must not keep all others waiting.
IN_TURN = frozenset({"sweep", "deliver", "repair"})
SOON = "5s"  # our choice: far longer than an act takes, far shorter than a rung
SAVEPOINTS = frozenset({"SAVEPOINT", "RELEASE", "ROLLBACK"})

_PUT_ALL = (
    "SELECT set_config('app.actor', %s, true), set_config('app.agency', %s, true),"
    " set_config('app.now', %s, true), set_config('app.system', %s, true),"
    " set_config('app.case', %s, true)"
)
_TAKE = f"{_PUT_ALL}, pg_advisory_xact_lock(%s)"
_TAKE_SOON = f"{_PUT_ALL}, set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)"
_SEE_AND_TAKE = (
    "WITH seen (id) AS MATERIALIZED ({seen})"
    " SELECT id, set_config('app.case', id::text, true), pg_try_advisory_xact_lock(id) FROM seen"
)
_WAIT = "SELECT set_config('app.case', %s, true), pg_advisory_xact_lock(%s)"
_NEW = f"SELECT set_config('app.case', nextval('{CASE_IDS}')::text, true)"


class ActorLike(Protocol):
    """Who acts, as far as safekeeping needs to know: two ids."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def agency_id(self) -> int | None: ...


@dataclass(frozen=True)
class Ids:
    """An actor of whom only the ids are known: the originator of an event, a system."""

    user_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Context:
    """What the database is told for the length of a transaction; texts, empty for none."""

    actor: str = ""
    agency: str = ""
    now: str = ""
    system: str = ""
    case: str = ""


NOBODY = Context()


@dataclass
class _State:
    """Of one connection: contexts within each other, and the one that the database was told.

    told: None if that is not known, as at the beginning and after a rollback.
    """

    stack: list[Context] = field(default_factory=list)
    told: Context | None = None


class NotInHand(RuntimeError):
    """Our own mistake: rows of a case were about to be touched without the case in hand."""


def context() -> Context:
    """What the current transaction was told; NOBODY outside any."""
    stack = _state().stack
    return stack[-1] if stack else NOBODY


def acting_ids() -> Ids:
    """Who acts, for what follows from an act by rule and is written down in the same name."""
    who = context()
    return Ids(
        user_id=int(who.actor) if who.actor else None,
        agency_id=int(who.agency) if who.agency else None,
    )


def require_hand() -> int:
    """The id of the case in hand, for code that must not run without one (flows, locks)."""
    if not context().case:
        raise NotInHand
    return int(context().case)


@contextmanager
def acting(*, actor: ActorLike | None, now: datetime, system: str = "") -> Iterator[None]:
    """Open a transaction (or join one) as this person, or as a named system actor.

    `now` is what policies compare ends with (`app.now`): a rehearsal lives in its own time.
    """
    if system not in SYSTEMS:
        raise ValueError(system)
    who = Context(
        actor=_text(actor.user_id if actor else None),
        agency=_text(actor.agency_id if actor else None),
        now=now.isoformat(),
        system=system,
    )
    nested = _connection().in_atomic_block
    with transaction.atomic(), _as(who, forget=nested):
        yield


@contextmanager
def on_case(case_id: int) -> Iterator[None]:
    """Take a case in hand: one writer a case until the transaction ends; re-entrant and then free.

    What was read of the case before this is old: load it again inside. A person waits for whoever
    has it; sweeps, jobs and repairs not for long: they raise OperationalError and come again.
    """
    who = context()
    if who.case == str(case_id):
        yield
        return
    with _as(replace(who, case=str(case_id)), put=_take):
        yield


@contextmanager
def on_case_of(ids: "QuerySet[Any, Any]") -> Iterator[int]:
    """See a case and take it in hand, in one statement; yields its id. Raises NotVisible.

    ids: of the one case, as far as it exists for who asks (`RecordQuerySet.case_ids`).
    """
    case_id = _see_and_take(ids)
    with _as(_told(replace(context(), case=str(case_id)))):
        yield case_id


@contextmanager
def on_new_case() -> Iterator[int]:
    """Take the next case's id in hand before its row exists; yields the id."""
    connection = _in_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_NEW)
        case_id = int(cursor.fetchone()[0])
    with _as(_told(replace(context(), case=str(case_id)))):
        yield case_id


@contextmanager
def _as(
    who: Context, *, put: Callable[[Context], None] | None = None, forget: bool = True
) -> Iterator[None]:
    """Lay a context over the former one, and take it away again.

    put: tells the database at once. forget: the transaction goes on after the outermost one, in
    nobody's name.
    """
    state = _state()
    depth = len(state.stack)
    if depth == 0 and state.told is not who:
        state.told = None
    state.stack.append(who)
    try:
        if put is not None:
            put(who)
        yield
    finally:
        ours = depth < len(state.stack) and state.stack[depth] is who
        del state.stack[depth:]
        if depth == 0 and ours and forget and _usable():
            _put(NOBODY)


def _tell(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Before a statement: tell the database whose it is, unless it knows.

    Savepoints are nobody's. What is told after one is undone with it, so that nothing is taken for
    known after a rollback, before which a failed transaction bears nothing else.
    """
    state = _state()
    word = sql.partition(" ")[0] if isinstance(sql, str) else ""
    if word not in SAVEPOINTS and state.stack and state.told is not state.stack[-1]:
        _put(state.stack[-1])
    try:
        return execute(sql, params, many, context)
    finally:
        if word == "ROLLBACK":
            state.told = None


def _told(who: Context) -> Context:
    """The statement before this one has told it along."""
    _state().told = who
    return who


def _put(who: Context) -> None:
    with _in_transaction().cursor() as cursor:
        cursor.execute(_PUT_ALL, _values(_told(who)))


def _take(who: Context) -> None:
    text, wait = (_TAKE_SOON, [SOON]) if who.system in IN_TURN else (_TAKE, [])
    with _in_transaction().cursor() as cursor:
        cursor.execute(text, [*_values(_told(who)), *wait, int(who.case)])


def _values(who: Context) -> list[str]:
    return [who.actor, who.agency, who.now, who.system, who.case]


def _see_and_take(ids: "QuerySet[Any, Any]") -> int:
    """What is seen is seen before the case is in hand: the inner query ends with its one row.

    Who had to wait for it looks again: the one before may have kept him out.
    """
    connection = _in_transaction()
    try:
        seen, values = ids[:1].query.sql_with_params()
    except EmptyResultSet:
        raise NotVisible from None
    is_ours = False
    with connection.cursor() as cursor:
        while not is_ours:
            cursor.execute(_SEE_AND_TAKE.format(seen=seen), values)
            found = cursor.fetchone()
            if found is None:
                raise NotVisible
            case_id, _context, is_ours = found
            if not is_ours:
                cursor.execute(_WAIT, [context().case, case_id])
    return int(case_id)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _connection() -> BaseDatabaseWrapper:
    # Not `django.db.connection`: that is a proxy, and state laid on it is shared by all threads.
    return connections["default"]


def _in_transaction() -> BaseDatabaseWrapper:
    connection = _connection()
    if not connection.in_atomic_block:
        raise NotInHand("needs a transaction")
    return connection


def _state() -> _State:
    connection = _connection()
    state: _State | None = vars(connection).get("mai_am")
    if state is None:
        state = vars(connection)["mai_am"] = _State()
        # First, so that a passing `execute_wrapper` takes itself away, not this one.
        connection.execute_wrappers.insert(0, _tell)
    return state


def _usable() -> bool:
    connection = _connection()
    if connection.connection is None or connection.needs_rollback:
        return False
    return bool(connection.connection.info.transaction_status == TransactionStatus.INTRANS)
