"""What the page of a period shows, read from the mart: pictures first, then every table."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from figures import charts, labels, rules
from figures.models import Cell, Margin, Release
from figures.tables import NOTES, TITLES
from safekeeping.errors import NotVisible

PICTURES = (("T1", ["channel"]), ("T2", ["form"]), ("T8", ["in_time"]), ("T9", ["outcome"]))


@dataclass(frozen=True)
class Grid:
    """A table as people read it: heads, then rows of labels and numbers."""

    code: str
    dimensions: tuple[str, ...]
    title: str
    note: str
    heads: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]


@dataclass(frozen=True)
class Thin:
    """A margin that is too thin in this period, and the period in which it can be read."""

    title: str
    months: int
    span: str


@dataclass
class Page:
    """Everything the template needs."""

    release: Release
    span: rules.Span
    total: int | None  # None where even the total is too thin
    trend: charts.Chart | None
    pictures: list[tuple[str, str, charts.Chart]] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    thin: list[Thin] = field(default_factory=list)

    @property
    def waiting(self) -> list[tuple[int, str, list[str]]]:
        """The thin ones by the period they wait for, the shortest first; 0 and "", never, last."""
        kinds = sorted(
            {(thin.months, thin.span) for thin in self.thin}, key=lambda k: (not k[0], k)
        )
        return [
            (months, span, [t.title for t in self.thin if t.months == months])
            for months, span in kinds
        ]

    @property
    def notes(self) -> list[str]:
        """What is counted in these tables, each once."""
        return list(dict.fromkeys(grid.note for grid in self.grids))

    @property
    def base(self) -> int:
        return rules.BASE[self.release.audience]


def latest() -> str | None:
    """The newest month that was counted."""
    names = Release.objects.filter(span__regex=r"^\d{4}-\d{2}$", audience=rules.NETWORK)
    return names.order_by("-span").values_list("span", flat=True).first()


def neighbours(span: rules.Span) -> list[str]:
    """Counted periods beside this one: before and after it, those that hold it, its parts."""
    wanted = rules.beside(span)
    known = Release.objects.filter(span__in=wanted, audience=rules.NETWORK)
    found = set(known.values_list("span", flat=True))
    return [name for name in wanted if name in found]


def page(name: str, audience: str) -> Page:
    """The page of a counted period. Raises NotVisible for one that was not counted."""
    release = Release.objects.filter(span=name, audience=audience).first()
    if release is None:
        raise NotVisible
    span = rules.span(name)
    margins = list(
        Margin.objects.filter(release=release)
        .order_by("id")
        .prefetch_related(Prefetch("cells", Cell.objects.order_by("id")))
    )
    made = Page(release, span, None, _trend(release, span))
    for margin in margins:
        _place(made, margin)
    made.total = _total(made.grids)
    made.pictures = [
        (grid.title, grid.note, _picture(grid))
        for code, dimensions in PICTURES
        for grid in made.grids
        if (grid.code, list(grid.dimensions)) == (code, dimensions)
    ]
    return made


def _place(made: Page, margin: Margin) -> None:
    title = str(TITLES[(margin.table, tuple(margin.dimensions))])
    if 0 < margin.shown_by <= made.span.months:
        made.grids.append(_grid(margin, title, made.span))
        return
    wider = rules.containing(made.span, margin.shown_by).name if margin.shown_by else ""
    made.thin.append(Thin(title, margin.shown_by, wider))


def _total(grids: list[Grid]) -> int | None:
    """New cases, all of them."""
    for grid in grids:
        if grid.code == "T1" and not grid.dimensions:
            return sum(numbers[0] for _words, numbers in grid.rows)
    return None


def _grid(margin: Margin, title: str, span: rules.Span) -> Grid:
    """The last dimension runs across when there are two or more, all others down."""
    values = {tuple(cell.codes): cell.value for cell in margin.cells.all()}
    down, across = _axes(margin.dimensions)
    columns = labels.values(across, span) if across else [("", _("Number"))]
    rows = []
    for codes, words in _combinations(down, span):
        found = [values.get((*codes, code) if across else codes, 0) for code, _word in columns]
        if any(found) or len(margin.dimensions) == 1:
            rows.append((words or (_("All"),), tuple(found)))
    return Grid(
        margin.table,
        tuple(margin.dimensions),
        title,
        str(NOTES[margin.table]),
        tuple(labels.head(d) for d in down) or ("",),
        tuple(label for _code, label in columns),
        tuple(rows),
    )


def _axes(dimensions: list[str]) -> tuple[list[str], str]:
    if len(dimensions) > 1:
        return dimensions[:-1], dimensions[-1]
    return dimensions, ""


def _combinations(
    dimensions: list[str], span: rules.Span
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())]
    for dimension in dimensions:
        found = [
            ((*codes, code), (*words, word))
            for codes, words in found
            for code, word in labels.values(dimension, span)
        ]
    return found


def _picture(grid: Grid) -> charts.Chart:
    figures = [(words[0], numbers[0]) for words, numbers in grid.rows if numbers[0]]
    spoken = "; ".join(f"{label} {value}" for label, value in figures)
    return charts.rows(figures, f"{grid.title}: {spoken}")


def _trend(release: Release, span: rules.Span) -> charts.Chart | None:
    """New cases of the last twelve months, also of those without any; drawn once there are two."""
    totals = Margin.objects.filter(
        table="T1",
        dimensions=[],
        shown_by=1,
        release__audience=release.audience,
        release__span__regex=r"^\d{4}-\d{2}$",
        release__starts__lt=span.end,
        release__starts__gte=_year_before(span.end),
    )
    counted = totals.annotate(total=Coalesce(Sum("cells__value"), 0))
    found = list(counted.order_by("release__starts").values_list("release__span", "total"))
    if len(found) < 2:  # noqa: PLR2004 - one column is no trend
        return None
    figures = [(name[5:].lstrip("0"), value) for name, value in found]
    spoken = "; ".join(f"{name[5:]}/{name[:4]} {value}" for name, value in found)
    return charts.columns(figures, _("New cases each month: %(figures)s") % {"figures": spoken})


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=1)
