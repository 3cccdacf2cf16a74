"""How a count leaves the house: rounded at random by a secret that never gives two answers.

Pure functions over plain values. Every record has a key; a cell's key is the sum of its records'
keys, so the same records give the same figure wherever and whenever they are counted together.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

NETWORK, PUBLIC = "network", "public"
BASE = {NETWORK: 5, PUBLIC: 10}
WORD = 2**64
NAME = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?", re.ASCII)


def record_key(secret: bytes, kind: str, record_id: int) -> int:
    """The first 64 bits of HMAC-SHA256(secret, "record" ‖ kind ‖ id)."""
    return int.from_bytes(_mac(secret, "record", kind, str(record_id))[:8], "big")


def draw(secret: bytes, keys: Iterable[int]) -> tuple[float, int]:
    """What chance says for the cell that holds these records: u in [0, 1) and a coin, 0 or 1."""
    cell = sum(keys) % WORD
    digest = _mac(secret, "cell", str(cell))
    return int.from_bytes(digest[:8], "big") / WORD, digest[8] >> 7


def for_network(count: int, u: float) -> int:
    """A multiple of 5: the next one below, or with the chance of the rest the next one above.

    The mean error is 0; 0 stays 0, 1–4 may become 0.
    """
    base = BASE[NETWORK]
    rest = count % base
    return count - rest + (base if u < rest / base else 0)


def for_public(network_figure: int, coin: int) -> int:
    """A multiple of 10, made from the network's figure alone: it never says more than that."""
    if network_figure % BASE[PUBLIC] == 0:
        return network_figure
    half = BASE[NETWORK]
    return network_figure + (half if coin else -half)


def is_dense_enough(*, a_year: int, months: int, cells: int, audience: str) -> bool:
    """Whether a margin is shown for a period of so many months.

    a_year: last year's rounded total, or the estimate before there is one.
    Our choice: on average every cell must hold at least the base.
    """
    return a_year * months / 12 / cells >= BASE[audience]


@dataclass(frozen=True)
class Span:
    """A month, a quarter or a year: `start` inclusive, `end` exclusive, local days."""

    name: str
    start: date
    end: date
    months: int


def span(name: str) -> Span:
    """ "2026-10", "2026-Q3" or "2026" as days. Raises ValueError."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(name)
    year, month, quarter = (int(part or 0) for part in found.groups())
    if month:
        start, months = date(year, month, 1), 1
    elif quarter:
        start, months = date(year, quarter * 3 - 2, 1), 3
    else:
        start, months = date(year, 1, 1), 12
    return Span(name, start, _add(start, months), months)


def spans_ended(before: date, first: date) -> list[Span]:
    """Every month, quarter and year that ended between two days, in the order of their release.

    A month comes before the quarter that it ends, a quarter before its year; one that had begun
    before `first` is among them, for part of it lies after.
    """
    found = []
    start = first.replace(day=1)
    while _add(start, 1) <= before:
        month = span(_name(start, 1))
        found.append(month)
        if month.end.month in (1, 4, 7, 10):
            found.append(span(_name(_add(month.end, -3), 3)))
        if month.end.month == 1:
            found.append(span(str(start.year)))
        start = month.end
    return found


def containing(month: Span, months: int) -> Span:
    """The quarter (3) or the year (12) that a month lies in."""
    if months == 12:  # noqa: PLR2004 - a year
        return span(str(month.start.year))
    return span(f"{month.start.year}-Q{(month.start.month - 1) // 3 + 1}")


def beside(span: Span) -> list[str]:
    """Names of the periods before and after, of the longer ones that hold it, of its own parts."""
    sides = [_name(_add(span.start, -span.months), span.months), _name(span.end, span.months)]
    longer = [containing(span, months).name for months in (3, 12) if months > span.months]
    part = {3: 1, 12: 3}.get(span.months, 0)
    starts = range(0, span.months, part) if part else ()
    return [*sides, *longer, *(_name(_add(span.start, months), part) for months in starts)]


def cells_of(sizes: Sequence[int]) -> int:
    """How many cells a margin has: the product of its dimensions' sizes; 1 for the total."""
    product = 1
    for size in sizes:
        product *= size
    return product


def _name(start: date, months: int) -> str:
    quarter = f"{start:%Y}-Q{(start.month - 1) // 3 + 1}"
    return {1: f"{start:%Y-%m}", 3: quarter, 12: f"{start:%Y}"}[months]


def _add(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _mac(secret: bytes, *words: str) -> bytes:
    # Each word is preceded by its length, so that no two lists of words read alike.
    text = b"".join(len(word.encode()).to_bytes(2, "big") + word.encode() for word in words)
    return hmac.new(secret, text, sha256).digest()
