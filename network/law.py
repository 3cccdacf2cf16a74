"""What the law and the province say: clocks, code lists, notices, areas.

Asked without a query, of `network.edition`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from network import edition, rules
from network.language import in_language
from network.models import ClockKind, Code, NoticeRule
from safekeeping.errors import RuleBroken


def clock(code: str, variant: str = "", on: date | None = None) -> ClockKind:
    """A clock as it stands on a day (today if none is named).

    A variant that the law does not know runs as the clock itself. What happened before a clock was
    written down runs by its first edition: a fact is never refused for being old. Raises KeyError
    for a code that no province has: a mistake in our code.
    """
    day = on or timezone.localdate()
    held = edition.current().clocks
    known = [kind for wanted in (variant, "") for kind in held.get((code, wanted), ())]
    standing = [kind for kind in known if kind.holds(day)]
    for kind in standing or [kind for kind in known[::-1] if day < kind.valid_from]:
        return kind
    raise KeyError(f"no clock {code}: add it to clocks.yaml and load the network again")


def due(code: str, at: datetime, variant: str = "") -> datetime:
    """When a clock begun at `at` falls due, by the province's calendar."""
    now = edition.current()
    return rules.due_at(at, span_of(clock(code, variant, localdate(at))), now.place)


def span_of(kind: ClockKind) -> rules.Span:
    """A clock's length as plain values."""
    whole = kind.calendar != "always"
    return rules.Span(kind.within, kind.working_days, kind.months, whole_days=whole)


def clocks() -> list[ClockKind]:
    """Every clock row, for docs and pages."""
    return [kind for kinds in edition.current().clocks.values() for kind in kinds]


def zone() -> ZoneInfo:
    """The province's time zone."""
    return edition.current().place.zone


def localdate(at: datetime) -> date:
    """The day of the province's calendar in which a moment lies."""
    return at.astimezone(zone()).date()


def codes(code_list: str, on: date | None = None) -> list[Code]:
    """The codes of a list that hold on a day (today if none is named), in order."""
    day = on or timezone.localdate()
    return [one for one in edition.current().codes.get(code_list, ()) if one.holds(day)]


def code(code_list: str, wanted: str, on: date | None = None) -> Code | None:
    """One code as it held on a day; on any day the latest if none held then."""
    rows = edition.current().by_code.get((code_list, wanted), ())
    if len(rows) < 2:  # noqa: PLR2004 - of one, no day chooses
        return rows[0] if rows else None
    day = on or timezone.localdate()
    return next((one for one in rows if one.holds(day)), rows[-1])


def require_code(code_list: str, wanted: str) -> None:
    """Refuse a word that is not of the closed list. Raises RuleBroken("unknown-code")."""
    if code(code_list, wanted) is None:
        raise RuleBroken("unknown-code")


def choices(code_list: str, on: date | None = None) -> list[tuple[str, str]]:
    """A list for a form, in the reader's language."""
    return [(one.code, one.label) for one in codes(code_list, on)]


def label(code_list: str, wanted: str, language: str | None = None) -> str:
    """A code's label; the code itself if the list does not know it."""
    found = code(code_list, wanted)
    if found is None:
        return wanted
    return in_language(found.label_vi, found.label_en, language)


def named(code_list: str, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """Some codes of a list with their labels, in the order given."""
    return [(one, label(code_list, one)) for one in wanted]


def mapped(code_list: str, wanted: str, key: str, on: date | None = None) -> str:
    """What is derived from a code, as it stood on a day: an act's form, a need's service."""
    found = code(code_list, wanted, on)
    return str(found.mapping.get(key, "")) if found else ""


def aliases() -> tuple[str, ...]:
    """Names of plants by which cases are spoken of."""
    return tuple(one.label_vi for one in codes("alias"))


def notice_rules(
    tracks: Collection[str], conditions: Collection[str], on: date
) -> Sequence[NoticeRule]:
    """Who owns and who is told: each track's ground rule first, then what circumstances add."""
    wanted = {"any", *conditions}
    rows = edition.current().notices
    found = [r for r in rows if r.track in tracks and r.condition in wanted and r.holds(on)]
    return sorted(found, key=lambda rule: (rule.condition != "any", rule.order))


def areas(on: date) -> list[tuple[str, str, frozenset[int]]]:
    """The areas of published figures: code, name for the reader, ids of their communes."""
    held = (area for area in edition.current().areas if area.row.holds(on))
    return [(area.row.code, area.row.name, area.unit_ids) for area in held]


def area_name(wanted: str, on: date) -> str:
    """An area's name for the reader; empty for one that is not known on this day."""
    held = (area.row for area in edition.current().areas if area.row.code == wanted)
    return next((row.name for row in held if row.holds(on)), "")


def area_of(unit_id: int | None, on: date) -> str:
    """The code of the area that a commune of this day lies in; empty for an unknown place."""
    return next((code for code, _, ids in areas(on) if unit_id in ids), "")
