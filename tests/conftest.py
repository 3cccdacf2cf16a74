"""Tests run on a real PostgreSQL as the unprivileged role; the owner only makes and empties.

As a superuser row-level security would be silently off, and every test of it would pass.
"""

import gc
import gettext
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis
import pytest
from django.conf import Settings, settings
from django.db import connection
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from django.utils import translation
from django.utils.translation import trans_real

from config import embedded, files
from safekeeping import keys, rls
from safekeeping.keyring import FileSource, new_ring
from tests.drilling import drill, pytest_terminal_summary  # noqa: F401 - for pytest
from tests.tables import KEPT, as_owner, empty  # noqa: F401 - for tests

# A Tuesday in November, ten in the morning in Hưng Yên; tests pass time, they do not read it.
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
# Nothing is judged by a clock: a busy machine is no fault of the code's.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Make files and start the embedded server once, in the process that leads the others."""
    if hasattr(config, "workerinput"):
        return
    files.prepare()
    _read_translations_anew()
    if embedded.is_embedded():
        running = ExitStack()
        running.enter_context(embedded.Postgres(fast=True).used())
        config.add_cleanup(running.close)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there for the whole run is nobody's garbage: a tenth of it went into looking."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _read_translations_anew() -> None:
    """What was compiled just now is read, not what Django's start found before."""
    gettext._translations.clear()  # type: ignore[attr-defined]
    trans_real._translations.clear()
    trans_real._default = None


def log_in_as(role: str) -> None:
    connection.close()
    connection.close_pool()
    login = embedded.settings_for(role)
    connection.settings_dict.update({key: login.get(key, "") for key in ("USER", "PASSWORD")})


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    log_in_as("owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        log_in_as("app")
    yield
    with django_db_blocker.unblock():
        log_in_as("owner")


@pytest.fixture(scope="session", autouse=True)
def _made_files() -> None:
    """What set-up makes and pages need: Vietnamese, and a folder that may be empty."""
    files.compile_translations()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _empty_instead_of_flush() -> None:
    """Django's flush is refused to the app role, as it should be."""
    TransactionTestCase._fixture_teardown = lambda self: empty()  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _middleware_once() -> Iterator[None]:
    """Loaded for the first client of a test, not for each: it reads two hundred static files."""
    load, loaded = ClientHandler.load_middleware, {}

    def once(self: ClientHandler, is_async: bool = False) -> None:
        if type(settings._wrapped) is not Settings:  # a test has settings of its own
            load(self, is_async)
            return
        if not loaded:
            load(self, is_async)
            loaded.update({k: v for k, v in vars(self).items() if "_middleware" in k})
        vars(self).update(loaded)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def key_ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileSource]:
    """A ring of the tests' own; it can be rotated, for it lies in a file."""
    source = FileSource(tmp_path_factory.mktemp("keys") / "ring.json")
    source.make(new_ring(now=NOW))
    beside = source.path.parent  # what an earlier run left elsewhere is under another ring
    settings.CHAIN_ANCHORS = {"file": str(beside / "anchors.log"), "mail": ""}
    settings.ERASURE_LEDGER = str(beside / "erasures.log")
    with keys.using(source):
        yield source


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    """A page in English leaves its language in the thread; every test begins in Vietnamese."""
    with translation.override("vi"):
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def later() -> Callable[..., datetime]:
    """`later(minutes=5)`: a moment after `now`."""
    return lambda **by: NOW + timedelta(**by)


@pytest.fixture
def as_actor() -> Callable[..., AbstractContextManager[None]]:
    """`with as_actor(actor):` a transaction in that person's context, as a request would be."""

    def enter(actor: Any, at: datetime = NOW) -> AbstractContextManager[None]:
        return rls.acting(actor=actor, now=at)

    return enter
