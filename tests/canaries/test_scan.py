import base64
import json
import random
import zlib
from urllib.parse import quote

import pytest

from tests.canaries import scan
from tests.canaries.people import WORDS

WORD = "Vương Thị Ỷ Lan"
NOISE = random.Random(7).randbytes(200_000)

DISGUISES = [
    WORD.encode(),
    WORD.lower().encode(),
    WORD.upper().encode(),
    b"vuong thi y lan",
    b"Vuong Thi Y Lan",
    WORD.encode("utf-16"),
    WORD.encode("utf-16-be"),
    json.dumps({"name": WORD}).encode(),
    quote(WORD).encode(),
    WORD.encode().hex().encode(),
    WORD.encode().hex().upper().encode(),
    base64.b64encode(WORD.encode()),
    base64.b64encode(b"1" + WORD.encode() + b"23"),
    base64.b64encode(b"12" + WORD.encode() + b"3"),
    scan.packed(WORD.encode()),
    zlib.compress(WORD.encode()),
]


@pytest.mark.parametrize("disguise", DISGUISES, ids=range(len(DISGUISES)))
def test_a_planted_canary_is_found_in_every_disguise(disguise):
    assert scan.hits(NOISE[:1000] + disguise + NOISE[:1000], WORDS) == {WORD}


def test_noise_holds_no_canary():
    assert scan.hits(NOISE, WORDS) == set()


@pytest.mark.parametrize("word", WORDS)
def test_every_canary_is_long_enough_to_be_no_chance(word):
    assert len(word.encode()) >= scan.SHORTEST
    assert scan.hits(b"x" + word.encode(), [word]) == {word}
