"""The pages that lead a newcomer through the house name files and functions that are there."""

import re
from pathlib import Path

import pytest

from config.embedded import BASE_DIR

PAGES = {
    "docs/architecture.md": 25,
    "CONTRIBUTING.md": 25,
}  # and how many places each names at least
# `casework/access.py: open_groups, open_card` or a file or folder alone.
NAMED = re.compile(r"`([a-z_]+/[\w/.*-]*?)(?:: ([\w, ]+))?`")


def places_of(page: str) -> set[tuple[str, str]]:
    return set(NAMED.findall((BASE_DIR / page).read_text(encoding="utf-8")))


PLACES = sorted({place for page in PAGES for place in places_of(page)})


@pytest.mark.parametrize("page", PAGES)
def test_the_page_names_places(page: str):
    assert len(places_of(page)) > PAGES[page]


@pytest.mark.parametrize(("place", "names"), PLACES, ids=lambda each: each or "-")
def test_what_the_page_names_is_there(place: str, names: str):
    found = list(BASE_DIR.glob(place))

    assert found, f"{place} has moved: mend {' or '.join(PAGES)}"
    assert [name for name in names.split(", ") if name and not defines(found[0], name)] == []


def defines(file: Path, name: str) -> bool:
    return bool(re.search(rf"^(def|class) {name}\b|^{name}\b.*=", file.read_text(), re.M))
