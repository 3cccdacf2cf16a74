"""The tables of a period as files: the same figures as on the page, with the same sentence."""

import csv
import io
from collections.abc import Iterator

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from figures.pages import Grid, Page
from network import registry

RISKY = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME_MOST = 31


def sentence(base: int) -> str:
    """What stands under every table, on every page and in every file."""
    return _(
        "Figures are randomly rounded to multiples of %(base)s so that nobody is recognised;"
        " parts may not add up to totals, and 0 can mean 0 to %(most)s."
    ) % {"base": base, "most": base - 1}


def counted(page: Page) -> str:
    """When it was counted, and who is not in it."""
    day = date_format(registry.localdate(page.release.built_at), "SHORT_DATE_FORMAT")
    return _("Counted on %(day)s, without those who do not want to be counted.") % {"day": day}


def as_csv(page: Page) -> bytes:
    """All tables one below the other; UTF-8 with a mark, so that spreadsheets read Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out)
    for grid in page.grids:
        writer.writerow([_plain(f"{grid.code} {grid.title}")])
        for line in _lines(grid):
            writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in line])
        writer.writerows([line] for line in _under(grid, page))
        writer.writerow([])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(page: Page) -> bytes:
    """One sheet for each table."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    for number, grid in enumerate(page.grids, start=1):
        sheet = book.add_worksheet(f"{number}. {grid.code}"[:SHEET_NAME_MOST])
        sheet.write_string(0, 0, grid.title, bold)
        for row, line in enumerate(_lines(grid), start=2):
            for column, cell in enumerate(line):
                sheet.write(row, column, cell, bold if row == 2 else None)  # noqa: PLR2004 - heads
        for row, under in enumerate(_under(grid, page), start=len(grid.rows) + 4):
            sheet.write_string(row, 0, under)
        sheet.set_column(0, 0, 34)
    if not page.grids:
        book.add_worksheet("-").write_string(0, 0, sentence(page.base))
    book.close()
    return out.getvalue()


def _under(grid: Grid, page: Page) -> list[str]:
    """What is counted, when it was, and how it is rounded."""
    return [grid.note, counted(page), sentence(page.base)]


def _lines(grid: Grid) -> Iterator[list[str | int]]:
    yield [*grid.heads, *grid.numbers]
    for words, numbers in grid.rows:
        yield [*words, *numbers]


def _plain(text: str) -> str:
    """A cell that begins like a formula is text, not a formula."""
    return f"'{text}" if text.startswith(RISKY) else text
