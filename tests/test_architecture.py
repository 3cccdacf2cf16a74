"""The pages that lead a newcomer through the house name files and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

from config.embedded import BASE_DIR
from tests.test_house_rules import APPS, our_files

PAGES = {
    "docs/architecture.md": 25,
    "CONTRIBUTING.md": 25,
}  # and how many places each names at least
# `casework/access.py: open_groups, open_card` or a file or folder alone; `<app>` is any of them,
# and a file without a folder lies in one of those just named.
NAMED = re.compile(r"`((?:<app>|[a-z_]+)/[\w/.*-]*?|\w+\.(?:py|yaml|md))(?:: ([\w, ]+))?`")
NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")  # two words and more are a name of the code's
OF_OTHERS = {"pg_notify"}


def text_of(page: str) -> str:
    return (BASE_DIR / page).read_text(encoding="utf-8")


def places_of(page: str) -> set[tuple[str, str]]:
    return set(NAMED.findall(text_of(page)))


PLACES = sorted({place for page in PAGES for place in places_of(page)})


@pytest.mark.parametrize("page", PAGES)
def test_the_page_names_places(page: str):
    assert len(places_of(page)) > PAGES[page]


@pytest.mark.parametrize(("place", "names"), PLACES, ids=lambda each: each or "-")
def test_what_the_page_names_is_there(place: str, names: str):
    found = files_of(place)

    assert found, f"{place} has moved: mend {' or '.join(PAGES)}"
    wanted = [name for name in names.split(", ") if name]
    assert [name for name in wanted if not any(defines(file, name) for file in found)] == []


def files_of(place: str) -> list[Path]:
    if "/" in place:
        return list(BASE_DIR.glob(place.replace("<app>", "*")))
    folders = [BASE_DIR / app for app in (*APPS, "tests", "docs")]
    return [file for folder in folders for file in folder.rglob(place)]


def defines(file: Path, name: str) -> bool:
    return bool(re.search(rf"^ *(def|class) {name}\b|^{name}\b.*=", file.read_text(), re.M))


@pytest.mark.parametrize("page", PAGES)
def test_a_name_that_the_page_gives_without_a_place_is_one_of_the_code(page: str):
    known = OF_OTHERS.union(*(words_of(ast.parse(file.read_text())) for file in our_files()))

    assert sorted(set(NAME.findall(text_of(page))) - known) == []


def words_of(tree: ast.Module) -> set[str]:
    """What a module defines, and the codes that it writes as texts or words of a call."""
    nodes = list(ast.walk(tree))
    defined = {one.name for one in nodes if isinstance(one, (ast.FunctionDef, ast.ClassDef))}
    texts = {one.value for one in nodes if isinstance(one, ast.Constant)}
    words = {one.arg for one in nodes if isinstance(one, (ast.keyword, ast.arg))}
    attributes = {one.attr for one in nodes if isinstance(one, ast.Attribute)}
    return defined | {one for one in texts | words if isinstance(one, str)} | attributes
