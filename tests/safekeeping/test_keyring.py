import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from safekeeping import keyring, keys
from safekeeping.errors import KeysUnavailable
from safekeeping.keyring import (
    CHAIN,
    WRAP,
    CommandSource,
    FileSource,
    TextSource,
    dumps,
    loads,
    new_key,
    new_ring,
    source_of,
)
from tests.conftest import NOW

RING = new_ring(now=NOW)
PRINTS_RING = f"import sys; sys.stdout.write('''{dumps(RING)}''')"


@pytest.fixture
def file(tmp_path) -> FileSource:
    source = FileSource(tmp_path / "keys" / "ring.json")
    source.make(RING)
    return source


def add_a_key(source: FileSource) -> None:
    with source.change() as change:
        change.ring = change.ring.with_key(new_key(WRAP, now=NOW))


def test_a_ring_comes_back_from_its_text():
    assert loads(dumps(RING)) == RING


def test_all_keys_are_independent_and_long():
    secrets = [key.secret for key in RING.keys]

    assert {len(secret) for secret in secrets} == {32}
    assert len(set(secrets)) == len({key.id for key in RING.keys}) == 4


def test_a_ring_shows_no_secret():
    shown = f"{RING!r} {RING.keys!r} {TextSource(dumps(RING))!r}"

    assert repr(RING.keys[0].secret) not in shown
    assert "secret" not in shown


def test_a_file_is_made_for_its_owner_alone(file):
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.path.parent.iterdir()] == ["ring.json"]
    assert file.load() == RING


def test_a_file_is_never_made_twice(file):
    assert file.make(new_ring(now=NOW)) is False
    assert file.load() == RING


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o620])
def test_a_file_that_others_may_touch_is_refused(file, mode):
    file.path.chmod(mode)

    with pytest.raises(KeysUnavailable, match="0600"):
        file.load()


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_file_is_read(file, mode):
    file.path.chmod(mode)

    assert file.load() == RING


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(KeysUnavailable, match="cannot be read: No such file"):
        FileSource(tmp_path / "none.json").load()


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", '{"format":1,"keys":[{}]}', '{"format":2,"keys":[]}',
        dumps(RING).replace('"format": 1', '"format": 9'), dumps(RING)[:-9],
        dumps(RING).replace('"secret": "', '"secret": "AAAA'),
    ],
)  # fmt: skip
def test_a_damaged_ring_is_refused_without_being_quoted(text):
    with pytest.raises(KeysUnavailable) as refusal:
        loads(text)

    assert str(refusal.value).startswith("The key ring is damaged")
    assert refusal.value.__cause__ is None


def test_a_change_keeps_mode_and_leaves_no_copy(file):
    add_a_key(file)

    assert len(file.load().all_of(WRAP)) == 2
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert {each.name for each in file.path.parent.iterdir()} == {"ring.json", "ring.lock"}


def test_what_a_killed_change_left_goes_with_the_next(file):
    """It may hold a key that is destroyed by then."""
    left = file.path.with_name(f".{file.path.name}.0123abcd")
    left.write_text(dumps(RING))

    add_a_key(file)

    assert not left.exists()


def test_a_change_that_fails_changes_nothing(file):
    with pytest.raises(ZeroDivisionError), file.change() as change:
        change.ring = change.ring.with_key(new_key(WRAP, now=NOW))
        _ = 1 / 0

    assert file.load() == RING


def test_changes_at_the_same_time_lose_none(file):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add_a_key(file), range(24)))

    assert len(file.load().all_of(WRAP)) == 25


def test_a_ring_comes_from_the_environment():
    source = source_of({"file": "/nowhere", "json": dumps(RING), "command": ""})

    assert source == TextSource(dumps(RING))
    assert source.load() == RING


def test_a_ring_comes_from_a_command(tmp_path):
    script = tmp_path / "keys.py"
    script.write_text(PRINTS_RING)

    source = source_of({"file": "x", "json": "x", "command": f"{sys.executable} {script}"})

    assert source.load() == RING


@pytest.mark.parametrize("command", [("/nowhere",), ("false",), ("echo", "no ring")])
def test_a_command_that_gives_no_ring_is_unavailable(command):
    with pytest.raises(KeysUnavailable):
        CommandSource(command).load()


@pytest.mark.parametrize("source", [TextSource(dumps(RING)), CommandSource(("true",))])
def test_a_ring_kept_elsewhere_is_not_changed_from_here(source):
    with pytest.raises(KeysUnavailable, match="changed where it is kept"), source.change():
        pass


def test_a_command_that_lets_us_wait_is_left_alone_for_a_while(monkeypatch, tmp_path):
    asked = tmp_path / "asked"
    seconds = [1000.0]
    source = CommandSource(("sh", "-c", f"printf x >> {asked}; exec sleep 60"))
    monkeypatch.setattr(keyring, "COMMAND_SECONDS", 1)
    monkeypatch.setattr(keyring.time, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(keyring, "_mute_until", {})

    times = []
    for later in (0, keyring.MUTE_SECONDS - 1, 1):
        seconds[0] += later
        with pytest.raises(KeysUnavailable, match="does not answer"):
            source.load()
        times.append(len(asked.read_text()))

    assert times == [1, 1, 2]


def test_the_newest_key_that_is_not_retired_writes():
    newer = new_key(CHAIN, now=NOW + timedelta(days=1))
    ring = RING.with_key(newer)

    retired = ring.retiring(CHAIN, now=NOW)

    assert ring.primary(CHAIN) == newer
    assert retired.primary(CHAIN) == newer
    assert [key.retired for key in retired.all_of(CHAIN)] == [NOW, None]
    assert retired.primary(WRAP) == RING.primary(WRAP)


def test_a_ring_without_a_key_that_writes_is_unavailable():
    with pytest.raises(KeysUnavailable, match="no key for wrap"):
        keyring.KeyRing(()).primary(WRAP)


class Clock:
    """Counts how often the ring was read; time moves by hand."""

    def __init__(self, monkeypatch) -> None:
        self.seconds, self.reads = 1000.0, 0
        monkeypatch.setattr(keys.time, "monotonic", lambda: self.seconds)

    def exists(self) -> bool:
        return True

    def load(self) -> keyring.KeyRing:
        self.reads += 1
        return RING


def test_a_ring_is_held_for_a_minute_and_no_longer(monkeypatch):
    source = Clock(monkeypatch)

    with keys.using(source):
        keys.ring()
        source.seconds += 59
        keys.ring()
        held = source.reads
        source.seconds += 1
        keys.ring()

    assert (held, source.reads) == (1, 2)


def test_a_ring_that_cannot_be_read_again_is_not_held_longer(file, monkeypatch):
    clock = Clock(monkeypatch)

    with keys.using(file):
        keys.ring()
        Path(file.path).unlink()
        keys.ring()
        clock.seconds += 60
        with pytest.raises(KeysUnavailable):
            keys.ring()


def test_a_years_secret_is_made_once_when_first_asked_for(file):
    with keys.using(file):
        first = keys.figures_secret(2031, now=NOW)
        again = keys.figures_secret(2031, now=NOW)

    assert first == again != RING.figures(2026).secret
    assert file.load().figures(2031).secret == first


def test_a_years_secret_is_not_made_up_where_the_ring_is_kept_elsewhere():
    with keys.using(TextSource(dumps(RING))), pytest.raises(KeysUnavailable):
        keys.figures_secret(2031, now=NOW)


def test_the_ring_in_use_is_read_by_its_owner(key_ring):
    assert key_ring.path.stat().st_uid == os.geteuid()
    assert keys.source() is key_ring
