import base64
import json
import random
import zlib
from urllib.parse import quote

import pytest

from network.models import Agency
from tests.canaries import scan
from tests.canaries.people import WORDS
from tests.canaries.typing import Reached

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


@pytest.mark.django_db(transaction=True)
def test_a_planted_canary_is_overheard_in_the_values_of_a_statement():
    reached = Reached(WORD, "0987650125")

    with reached.watching():
        Agency.objects.filter(name_en=WORD).exists()

    assert len(reached.in_clear) == 1
