"""What tired people, broken programs and hostile ones send: made from a form, never valid twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from tests.odd.forms import Field, Form, Pairs

KEPT = frozenset({"once", "csrfmiddlewaretoken"})
LONG = "đ" * 400_000  # more than a megabyte as it is sent
DAY = {"day": "24", "month": "11", "year": "2026", "time": "09:00", "clock": "09:00"}

# What is written into every box of a form at once.
TYPED = {
    "hidden character": "a\x00b",
    "a megabyte": LONG,
    "command": "=cmd|' /C calc'!A0",
    "negative": "-1",
    "huge": "1" + "0" * 30,
    "exponent": "1e30",
    "superscript": "²",
    "other digits": "٣١",
    "spaces": " \t\n\u3000",
    "right to left": "\u202eabc\u2066",
    "outside the plane": "𠮷" * 60,
    "marks": "a" + "\u0301" * 300,
    "template": "{{ 7*7 }}{% debug %}%(x)s%s",
    "markup": "<script>alert(1)</script>'\";--",
    "not a number": "NaN",
}
# What is written into the boxes of a date, day first.
DATES = {
    "31 February": ("31", "02", "2026", "21:30"),
    "to come": ("24", "11", "2099", "21:30"),
    "last year of all": ("31", "12", "9999", "23:59"),
    "year nought": ("0", "0", "0", "25:61"),
    "before all": ("1", "1", "1900", "00:00"),
}
ORDER = ("day", "month", "year", "time")


@dataclass(frozen=True)
class Sending:
    """One odd request: its name, and its body as form fields, or raw with its own type."""

    name: str
    pairs: Pairs
    raw: bytes | None = None
    kind: str = "application/x-www-form-urlencoded"


def sendings(form: Form) -> Iterator[Sending]:
    """Everything odd that is tried on one form."""
    for name, text in TYPED.items():
        yield Sending(name, filled(form, text))
        yield Sending(f"{name}, chosen too", filled(form, text, chosen=True))
    for name, boxes in DATES.items():
        yield Sending(name, dated(form, boxes))
    yield Sending("foreign reference", guessed(form, str(uuid4())))
    yield Sending("no reference at all", guessed(form, "1 OR 1=1"))
    yield Sending("every field twice", filled(form, "x") + filled(form, "y"))
    yield Sending("nothing", [(name, "") for name in form.fields])
    yield Sending("fields by the thousand", [(f"f{n}", "x") for n in range(1000)])
    yield Sending("a body too large", [], raw=b"account=" + b"x" * 2_500_000)
    yield Sending("no UTF-8", [], raw=_raw(form, b"%FF%FE%C3%28\xff\xfe"))
    for charset in ("utf-7", "utf-16", "no-such"):
        kind = f"application/x-www-form-urlencoded; charset={charset}"
        yield Sending(charset, [], raw=_raw(form, b"+2AA-"), kind=kind)
    yield Sending("cut off", [], raw=b"--x\r\nContent-Dis", kind="multipart/form-data; boundary=x")
    yield Sending("no boundary", [], raw=b"--x--", kind="multipart/form-data")
    yield Sending("a file for a word", [], raw=_file(form), kind="multipart/form-data; boundary=x")
    yield Sending("JSON", [], raw=b'{"account": [1', kind="application/json")


def filled(form: Form, text: str, *, chosen: bool = False) -> Pairs:
    """Every box holds `text`; what is chosen is the first answer, or `text` too."""
    return [(one.name, _answer(one, text, chosen=chosen)) for one in form]


def dated(form: Form, boxes: tuple[str, ...]) -> Pairs:
    """Dates as given, everything else as a hasty person would fill it."""
    by_end = dict(zip(ORDER, boxes, strict=True))
    return [(one.name, by_end.get(_end(one)) or _answer(one, "x")) for one in form]


def guessed(form: Form, reference: str) -> Pairs:
    """Whatever is a reference, hidden or chosen, is another one."""
    return [(one.name, reference if _names_something(one) else _answer(one, "x")) for one in form]


def _answer(one: Field, text: str, *, chosen: bool = False) -> str:
    if one.name == "once":
        return str(uuid4())
    if one.name in KEPT:
        return one.value
    if one.options:
        return text if chosen else one.options[0]
    if one.kind == "hidden" and not chosen:
        return one.value
    return text if chosen else DAY.get(_end(one), text)


def _end(one: Field) -> str:
    return one.name.rsplit("_", 1)[-1].rsplit("-", 1)[-1]


def _names_something(one: Field) -> bool:
    return one.name not in KEPT and any(map(_is_uuid, (one.value, *one.options)))


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _raw(form: Form, value: bytes) -> bytes:
    return b"&".join(name.encode() + b"=" + value for name in form.fields if name not in KEPT)


def _file(form: Form) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a\x00/../b"\r\n\r\nx\r\n'
    return b"".join(part % name.encode() for name in form.fields) + b"--x--\r\n"
