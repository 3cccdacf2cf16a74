"""Finding people without storing them in clear.

An index is a number of a few bits, made with a key from the normalised text. Many share it: the
caller opens those it finds and compares. Normalisation `n1` and the derivation are frozen; other
ones would need every row indexed anew. Sex, ward, violence type and family name alone are never
indexed.
"""

import hmac
import re
import unicodedata

from safekeeping import envelope, keys
from safekeeping.keyring import INDEX, Key

VERSION = "n1"
DERIVE = b"mai-am/v1/index"
QUERY = b"mai-am/v1/query"

# Mobile numbers lost a digit on 15 September 2018: the old prefix and today's.
# Source: Ministry of Information and Communications, Decision 798/QĐ-BTTTT of 25 May 2018.
ELEVEN_DIGITS = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035",
    "0166": "036", "0167": "037", "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip

COUNTRY = "84"
OLD_LENGTH = 11
WITHOUT_ZERO = 9
LONGEST_NATIONAL = 10


def plain_text(text: str) -> str:
    """`n1`: lower case without marks, only letters and single spaces ("Đỗ  Én" → "do en")."""
    lower = unicodedata.normalize("NFC", text).casefold().replace("đ", "d")
    bare = (c for c in unicodedata.normalize("NFD", lower) if unicodedata.category(c)[0] != "M")
    return " ".join("".join(c if c.isalpha() else " " for c in bare).split())


def normal_name(text: str) -> str:
    """A name's words in alphabetical order, so that their order does not matter."""
    return " ".join(sorted(plain_text(text).split()))


def normal_given_year(name: str, year: int | None) -> str:
    """The given name (a Vietnamese name's last word) with the year of birth; "" if one lacks."""
    words = plain_text(name).split()
    return f"{words[-1]} {year}" if words and year else ""


def normal_id(text: str) -> str:
    """A document's number: capital letters and digits only."""
    kept = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^0-9A-Z]", "", kept)


def normal_phone(text: str) -> str:
    """`0…` for Vietnamese numbers, `+…` for others, short codes as they are; "" for no number."""
    written = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(str(unicodedata.digit(c)) for c in written if c.isdigit())
    if written.startswith("+") or digits.startswith("00"):
        return _international(digits.removeprefix("00"))
    if digits.startswith(COUNTRY) and len(digits) > LONGEST_NATIONAL:
        return _international(digits)
    if len(digits) == WITHOUT_ZERO and not digits.startswith("0"):
        digits = "0" + digits
    return _with_todays_prefix(digits)


def _international(digits: str) -> str:
    if not digits.startswith(COUNTRY):
        return "+" + digits if digits else ""
    national = digits.removeprefix(COUNTRY).removeprefix("0")
    return _with_todays_prefix("0" + national) if national else ""


def _with_todays_prefix(digits: str) -> str:
    if len(digits) != OLD_LENGTH or digits[:4] not in ELEVEN_DIGITS:
        return digits
    return ELEVEN_DIGITS[digits[:4]] + digits[4:]


def index(kind: str, normalised: str) -> int:
    """The few bits under which a normalised text is found; kinds are those of the ring's bits.

    Made by the index key that writes; `writing_key` is its id, to be kept beside the number.
    Raises ValueError for an empty text: it would gather all who gave none; KeysUnavailable.
    """
    return _index(keys.ring().primary(INDEX), kind, normalised)


def indexes(kind: str, normalised: str) -> dict[str, int]:
    """Key id → index, by every index key of the ring: while they are renewed, rows are of both."""
    return {key.id: _index(key, kind, normalised) for key in keys.ring().all_of(INDEX)}


def writing_key() -> str:
    """The id of the key that makes new indexes."""
    return keys.ring().primary(INDEX).id


def _index(key: Key, kind: str, normalised: str) -> int:
    if not normalised:
        raise ValueError("An empty text has no index.")
    bits = (key.bits or {})[kind]
    mac = hmac.digest(_derived(key, kind), normalised.encode(), "sha256")
    return int.from_bytes(mac[:8], "big") >> (64 - bits)


def query_mark(kind: str, normalised: str) -> str:
    """What the event of a search keeps of the words: the same words give the same mark."""
    key = keys.ring().primary(INDEX)
    derived = envelope.expand(key.secret, QUERY + envelope.length_prefixed(kind), 32)
    return hmac.digest(derived, normalised.encode(), "sha256").hex()[:32]


def same_with_marks(one: str, other: str) -> bool:
    """Whether two names agree with their diacritics too: such hits come first."""
    return _exact(one) == _exact(other)


def _exact(text: str) -> list[str]:
    return sorted(unicodedata.normalize("NFC", text).casefold().split())


def _derived(key: Key, kind: str) -> bytes:
    info = DERIVE + envelope.length_prefixed(kind) + envelope.length_prefixed(VERSION)
    return envelope.expand(key.secret, info, 32)
