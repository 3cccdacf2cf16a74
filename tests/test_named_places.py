"""The two pages by which a newcomer finds the way name nothing that is not there."""

import ast
import re
from pathlib import Path

import pytest

from config.embedded import BASE_DIR
from tests.test_house_rules import APPS, our_files

PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
QUOTED = re.compile(r"`([^`\n]+)`")
PLACE = re.compile(r"(?P<path>[\w<>*/.-]+\.(?:py|yaml|md|service))(?:: (?P<names>\w+(?:, \w+)*))?")
OURS = re.compile(r"[a-z]+(?:_[a-z]+)+")  # two words and more are a name of the code's
PARTS = re.compile(r"\w+")
OF_OTHERS = {"pg_notify"}


def quoted(page: str) -> list[str]:
    return QUOTED.findall((BASE_DIR / page).read_text(encoding="utf-8"))


def places() -> set[tuple[str, str]]:
    """Every (path, name) that a page names; the name is empty where a file alone is meant."""
    found = [match for page in PAGES for one in quoted(page) if (match := PLACE.fullmatch(one))]
    return {(match["path"], name) for match in found for name in (match["names"] or "").split(", ")}


def files_of(path: str) -> list[Path]:
    """What a path as it is written stands for: from the house or beside the page; a name alone
    may lie in any folder of an app."""
    pattern = re.sub("<[^>]+>", "*", path)
    inside = [BASE_DIR / app for app in (*APPS, "tests")] if "/" not in path else []
    found = [file for folder in (BASE_DIR, BASE_DIR / "docs") for file in folder.glob(pattern)]
    return found + [file for folder in inside for file in folder.rglob(pattern)]


@pytest.mark.parametrize(("path", "name"), sorted(places()))
def test_a_place_that_a_page_names_is_there(path, name):
    texts = [file.read_text(encoding="utf-8") for file in files_of(path)]

    assert texts, f"no file {path}"
    assert not name or any(name in PARTS.findall(text) for text in texts), f"nothing called {name}"


def test_a_name_that_a_page_gives_without_a_place_is_one_of_the_code():
    defined = {
        word
        for file in our_files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for word in _words_of(node)
    }
    named = {one for page in PAGES for one in quoted(page) if OURS.fullmatch(one)}

    assert sorted(named - defined - OF_OTHERS) == []


def _words_of(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    return {node.arg} if isinstance(node, (ast.arg, ast.keyword)) and node.arg else set()
