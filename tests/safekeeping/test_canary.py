from collections.abc import Callable
from dataclasses import replace

import pytest

from safekeeping import canary, keys
from safekeeping.errors import KeysUnavailable, WrongKeys
from safekeeping.keyring import (
    CHAIN,
    INDEX,
    USES,
    WRAP,
    FileSource,
    KeyRing,
    TextSource,
    dumps,
    new_key,
    new_ring,
)
from safekeeping.models import KeyCanary
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
OTHER = new_ring(now=NOW)


def verify_with(ring: KeyRing) -> None:
    with keys.using(TextSource(dumps(ring))):
        canary.verify_canary()


def with_other(use: str) -> Callable[[KeyRing], KeyRing]:
    """The ring, with another key of that use under the same id."""
    return lambda ring: KeyRing(
        tuple(replace(k, secret=b"\x01" * 32) if k.use == use else k for k in ring.keys)
    )


def without(use: str) -> Callable[[KeyRing], KeyRing]:
    """The ring, with a fresh key of that use in the place of all its own."""
    return lambda ring: KeyRing((*(k for k in ring.keys if k.use != use), OTHER.primary(use)))


def test_the_first_start_leaves_canaries_and_the_second_knows_them():
    canary.verify_canary()
    left = KeyCanary.objects.count()
    canary.verify_canary()

    assert left == KeyCanary.objects.count() == len(keys.ring().keys)


@pytest.mark.parametrize("use", USES)
def test_another_key_of_the_same_id_ends_the_start(use):
    canary.verify_canary()

    with pytest.raises(WrongKeys, match=f"The {use} key .* is not the one"):
        verify_with(with_other(use)(keys.ring()))


@pytest.mark.parametrize("use", [WRAP, INDEX, CHAIN])
def test_a_ring_without_any_known_key_of_a_use_ends_the_start(use):
    canary.verify_canary()

    with pytest.raises(WrongKeys, match=f"holds no {use} key"):
        verify_with(without(use)(keys.ring()))


def test_a_new_key_beside_a_known_one_is_taken_in():
    canary.verify_canary()
    fresh = new_key(WRAP, now=NOW)

    verify_with(keys.ring().with_key(fresh))

    assert KeyCanary.objects.filter(key_id=fresh.id).exists()


def test_a_wrapping_key_still_in_use_must_be_there():
    with keys.using(TextSource(dumps(OTHER))):
        keys.create_subject()

    with pytest.raises(WrongKeys, match=r"lacks 1 wrapping key\(s\) still in use"):
        canary.verify_canary()


def test_a_ring_that_cannot_be_read_ends_the_start(tmp_path):
    with keys.using(FileSource(tmp_path / "none")), pytest.raises(KeysUnavailable):
        canary.verify_canary()


def test_the_first_ring_is_made_loudly(tmp_path, capsys):
    source = FileSource(tmp_path / "ring.json")

    with keys.using(source):
        made = canary.make_ring_once(now=NOW)
        again = canary.make_ring_once(now=NOW)
        canary.verify_canary()

    said = capsys.readouterr().err
    assert (made, again) == (True, False)
    assert said.count(str(source.path)) == 1
    assert "Keep a copy" in said


def test_no_second_ring_is_made_for_an_older_database(tmp_path):
    canary.verify_canary()

    with keys.using(FileSource(tmp_path / "lost.json")), pytest.raises(WrongKeys, match="missing"):
        canary.make_ring_once(now=NOW)

    assert not (tmp_path / "lost.json").exists()
