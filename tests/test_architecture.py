"""The page that leads a newcomer through the house names files and functions that are there."""

import re
from pathlib import Path

import pytest

from config.embedded import BASE_DIR

PAGE = (BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")
# `casework/access.py: open_groups, open_card` or a file or folder alone.
NAMED = re.compile(r"`([a-z_]+/[\w/.*-]*?)(?:: ([\w, ]+))?`")
PLACES = sorted({(place, names) for place, names in NAMED.findall(PAGE)})


def test_the_page_names_places():
    assert len(PLACES) > 25


@pytest.mark.parametrize(("place", "names"), PLACES, ids=lambda each: each or "-")
def test_what_the_page_names_is_there(place: str, names: str):
    found = list(BASE_DIR.glob(place))

    assert found
    assert [name for name in names.split(", ") if name and not defines(found[0], name)] == []


def defines(file: Path, name: str) -> bool:
    return bool(re.search(rf"^(def|class) {name}\b|^{name}\b.*=", file.read_text(), re.M))
