"""Builds the mart: counts a period once, as the figures role, and keeps only rounded figures.

Runs in a process of its own (`manage.py build_figures`), which alone reads the rounding secret.
A period is counted after it has ended and never again: a second answer would betray the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import product

from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce

from casework.models import Case
from figures import labels, rules, sources
from figures.models import Cell, Margin, Release
from figures.tables import TABLES, Dimensions, Table
from network import registry
from network.models import FigureEstimate
from safekeeping import keys, rls
from safekeeping.errors import RuleBroken

Keyed = dict[tuple[str, ...], list[int]]
MONTHS = (1, 3, 12)


def build(name: str, *, now: datetime) -> None:
    """Count one period for the network and for the public.

    name: "2026-10", "2026-Q3" or "2026". Raises ValueError (no such period),
    RuleBroken("period-not-ended"), RuleBroken("already-counted").
    """
    span = rules.span(name)
    if registry.localdate(now) < span.end:
        raise RuleBroken("period-not-ended", span=name)
    with rls.acting(actor=None, now=now, system="figures"):
        if Release.objects.filter(span=name).exists():
            raise RuleBroken("already-counted", span=name)
        secret = keys.figures_secret(span.start.year, now=now)
        releases = [_release(span, audience, now) for audience in rules.BASE]
        for table in TABLES:
            _build_table(table, span, secret, releases)


def build_due(*, now: datetime, since: date | None = None) -> list[str]:
    """Count every period that has ended and is not counted yet, in order; returns their names.

    since: a local day; without it the month of the first case, before which there is nothing.
    """
    with rls.acting(actor=None, now=now, system="figures"):
        known = set(Release.objects.values_list("span", flat=True))
        first = since or _first_day()
    if first is None:
        return []
    due = [s.name for s in rules.spans_ended(registry.localdate(now), first) if s.name not in known]
    for name in due:
        build(name, now=now)
    return due


def _first_day() -> date | None:
    earliest = Case.objects.aggregate(first=Min("recorded_at"))["first"]
    return registry.localdate(earliest).replace(day=1) if earliest else None


def _release(span: rules.Span, audience: str, now: datetime) -> Release:
    return Release.objects.create(
        span=span.name, audience=audience, starts=span.start, ends=span.end, built_at=now
    )


def _build_table(
    table: Table, span: rules.Span, secret: bytes, releases: Sequence[Release]
) -> None:
    counted = list(sources.of_table(table.code, span))
    a_year = _a_year(table.code, span.start.year)
    for dimensions in table.margins:
        cells = _keyed(counted, dimensions, table.counts, secret)
        for release in releases:
            shown_by = _shown_by(dimensions, release.audience, span, a_year)
            margin = Margin.objects.create(
                release=release, table=table.code, dimensions=list(dimensions), shown_by=shown_by
            )
            if 0 < shown_by <= span.months:
                _write(margin, cells, release.audience, secret)


def _keyed(
    counted: Iterable[sources.Counted], dimensions: Dimensions, kind: str, secret: bytes
) -> Keyed:
    """Each cell's record keys; a record stands at most once in a cell."""
    cells: Keyed = defaultdict(list)
    for record in counted:
        key = rules.record_key(secret, kind, record.id)
        for codes in set(product(*(record.codes[d] for d in dimensions))):
            cells[codes].append(key)
    return cells


def _write(margin: Margin, cells: Keyed, audience: str, secret: bytes) -> None:
    figures = ((codes, _figure(keys, audience, secret)) for codes, keys in cells.items())
    Cell.objects.bulk_create(
        Cell(margin=margin, codes=list(codes), value=value) for codes, value in figures if value
    )


def _figure(keys_of_cell: list[int], audience: str, secret: bytes) -> int:
    u, coin = rules.draw(secret, keys_of_cell)
    figure = rules.for_network(len(keys_of_cell), u)
    return figure if audience == rules.NETWORK else rules.for_public(figure, coin)


def _shown_by(dimensions: Dimensions, audience: str, span: rules.Span, a_year: int) -> int:
    """The shortest kind of period in which the margin is dense enough; 0 for none."""
    cells = rules.cells_of([len(labels.values(d, span)) for d in dimensions])
    for months in MONTHS:
        if rules.is_dense_enough(a_year=a_year, months=months, cells=cells, audience=audience):
            return months
    return 0


def _a_year(table: str, year: int) -> int:
    """Last year's rounded total; the province's estimate where there was no whole year yet.

    The year in which the first case came tells of some months alone: by it all would be too thin.
    """
    last = Margin.objects.filter(
        release__span=str(year - 1), release__audience=rules.NETWORK, table=table, dimensions=[]
    )
    total = last.aggregate(whole=Count("release"), total=Coalesce(Sum("cells__value"), 0))
    first = _first_day()
    if total["whole"] and first is not None and first <= date(year - 1, 1, 1):
        return int(total["total"])
    estimate = FigureEstimate.objects.filter(table=table, year__lte=year).order_by("-year").first()
    return estimate.total if estimate else 0
