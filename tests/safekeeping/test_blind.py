import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safekeeping import blind, keys
from safekeeping.keyring import INDEX, KeyRing, TextSource, dumps, new_ring
from tests.conftest import NOW
from tests.safekeeping import reader

KNOWN = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))["indexes"]

# Frozen: a change here means every index row must be made anew.
NAMES = [
    ("Nguyễn Thị Én", "en nguyen thi"),
    ("  nguyễn\tTHỊ   ÉN ", "en nguyen thi"),
    ("Én Nguyễn Thị", "en nguyen thi"),
    ("Nguyê\u0303n Thi\u0323 E\u0301n", "en nguyen thi"),
    ("Đỗ Văn Đạt", "dat do van"),
    ("đỗ văn đạt", "dat do van"),
    ("Y-Bih Niê Kđăm", "bih kdam nie y"),
    ("Trần (Út) Hoà", "hoa tran ut"),
    ("Trần Út Hòa", "hoa tran ut"),
    ("Lê 2", "le"),
    ("Strauß", "strauss"),
    ("ｎｇｕｙｅｎ", "ｎｇｕｙｅｎ"),
    ("", ""),
    ("123 ?!", ""),
]
PHONES = [
    ("0912345678", "0912345678"),
    ("0912 345 678", "0912345678"),
    ("0912.345.678", "0912345678"),
    ("+84912345678", "0912345678"),
    ("+84 (0) 912 345 678", "0912345678"),
    ("84912345678", "0912345678"),
    ("(+84) 912-345-678", "0912345678"),
    ("0084912345678", "0912345678"),
    ("912345678", "0912345678"),
    ("0841234567", "0841234567"),
    ("841234567", "0841234567"),
    ("01684123456", "0384123456"),
    ("+841684123456", "0384123456"),
    ("841684123456", "0384123456"),
    ("02213862222", "02213862222"),
    ("111", "111"),
    ("113", "113"),
    ("19001234", "19001234"),
    ("1800 599 920", "1800599920"),
    ("+1 415 555 0100", "+14155550100"),
    ("00 49 30 123456", "+4930123456"),
    ("٠٩١٢٣٤٥٦٧٨", "0912345678"),
    ("０９１２３４５６７８", "0912345678"),
    ("", ""),
    ("không có", ""),
    ("+", ""),
]
PREFIXES = [
    ("0120", "070"), ("0121", "079"), ("0122", "077"), ("0126", "076"), ("0128", "078"),
    ("0123", "083"), ("0124", "084"), ("0125", "085"), ("0127", "081"), ("0129", "082"),
    ("0162", "032"), ("0163", "033"), ("0164", "034"), ("0165", "035"), ("0166", "036"),
    ("0167", "037"), ("0168", "038"), ("0169", "039"), ("0186", "056"), ("0188", "058"),
    ("0199", "059"),
]  # fmt: skip
IDS = [
    ("033 099 001 234", "033099001234"),
    ("b 123-4567", "B1234567"),
    ("Ｂ１２３", "B123"),
    ("", ""),
]


@pytest.mark.parametrize(("written", "normal"), NAMES)
def test_names(written, normal):
    assert blind.normal_name(written) == normal


@pytest.mark.parametrize(("written", "normal"), PHONES)
def test_phones(written, normal):
    assert blind.normal_phone(written) == normal


@pytest.mark.parametrize(("old", "new"), PREFIXES)
def test_numbers_of_eleven_digits_became_ten(old, new):
    assert blind.normal_phone(old + "7654321") == new + "7654321"


@pytest.mark.parametrize(("written", "normal"), IDS)
def test_document_numbers(written, normal):
    assert blind.normal_id(written) == normal


@pytest.mark.parametrize(
    ("name", "year", "normal"),
    [("Nguyễn Thị Én", 1990, "en 1990"), ("", 1990, ""), ("Én", None, "")],
)
def test_given_names_with_the_year(name, year, normal):
    assert blind.normal_given_year(name, year) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = blind.normal_name(text)

    assert blind.normal_name(once) == once
    assert blind.normal_phone(blind.normal_phone(text)) == blind.normal_phone(text)


def index_under(known) -> int:
    ring = new_ring(now=NOW)
    secret, bits = bytes.fromhex(known["secret"]), {known["kind"]: known["bits"]}
    key = replace(ring.primary(INDEX), secret=secret, bits=bits)
    with keys.using(TextSource(dumps(KeyRing((key,))))):
        return blind.index(known["kind"], known["text"])


@pytest.mark.parametrize("known", KNOWN)
def test_known_indexes_are_found_by_both_readers(known):
    theirs = reader.index(
        bytes.fromhex(known["secret"]), known["kind"], known["bits"], known["text"]
    )

    assert index_under(known) == theirs == known["value"]


def test_an_index_is_a_crowd():
    bits = keys.ring().primary(INDEX).bits
    found = {blind.index("phone", f"09{number:08}") for number in range(2000)}

    assert sum(bits.values()) in range(7, 12)
    assert found == set(range(2 ** bits["phone"]))


def test_an_empty_text_has_no_index():
    with pytest.raises(ValueError, match="empty"):
        blind.index("phone", "")


def test_the_mark_of_a_search_is_the_same_for_the_same_words_only():
    marks = {blind.query_mark("name", text) for text in ("do en", "do en", "do an")}

    assert len(marks) == 2
    assert blind.query_mark("phone", "do en") not in marks


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Nguyễn Én", "nguyễn én", True), ("Nguyễn Én", "Nguyễn En", False)],
)
def test_hits_with_exact_marks_are_told_apart(one, other, same):
    assert blind.same_with_marks(one, other) is same
