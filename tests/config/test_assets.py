"""Style sheets cut to what is drawn: no rule of a part in use may go with the others."""

import re
from pathlib import Path

from config import assets
from config.embedded import BASE_DIR

SHEET = (
    ".govuk-tabs,.govuk-link:not(.a,.b){color:red}"
    "@media (min-width:1em){@supports (margin:0){.govuk-tabs{a:b}.govuk-link{c:d}}}"
    "@font-face{src:x}"
)


def used(prefix: str) -> set[str]:
    pages = [
        p for app in BASE_DIR.iterdir() if app.is_dir() for p in app.glob("templates/**/*.html")
    ]
    return {name for page in pages for name in re.findall(rf"{prefix}-([a-z-]+)", page.read_text())}


def test_unused_part_goes_and_its_neighbour_stays():
    cut = assets.without_parts(SHEET, ("tabs",))

    assert cut == (
        ".govuk-link:not(.a,.b){color:red}"
        "@media (min-width:1em){@supports (margin:0){.govuk-link{c:d}}}"
        "@font-face{src:x}"
    )


def test_no_page_uses_a_part_that_is_cut_away():
    names = used("govuk")

    assert not {name for name in names if name.startswith(assets.GOVUK_UNUSED)}


def test_every_moj_part_in_use_is_kept():
    assert all(name.startswith((*assets.MOJ_PARTS, "frontend")) for name in used("moj"))


def test_every_part_of_our_style_sheet_is_joined():
    assert {part.stem for part in assets.STYLES.iterdir()} == set(assets.OUR_PARTS)


def test_no_template_carries_style_or_script_of_its_own():
    for page in Path(BASE_DIR).glob("*/templates/**/*.html"):
        source = page.read_text()
        assert " style=" not in source, page
        assert not re.search(r"\son\w+=", source), page
