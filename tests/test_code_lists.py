"""Words that the code asks for by name stand on the lists that people choose from."""

import ast
from pathlib import Path

import pytest
import yaml

from casework import closing, rules
from casework.groups import CONSENTED
from config.embedded import BASE_DIR
from network.clocks import NAMED
from referral import conflicts
from referral.rules import STATUTES, Silence
from shelters.actions.leaving import DIED
from shelters.rules import NEEDS

LISTS = {
    name: {row[0] for row in told["codes"]}
    for file in (BASE_DIR / "network" / "data" / "viet-nam" / "codes").glob("*.yaml")
    for name, told in yaml.safe_load(file.read_text(encoding="utf-8"))["lists"].items()
}
CLOCKS = {
    row["code"]
    for row in yaml.safe_load(
        (BASE_DIR / "network" / "data" / "viet-nam" / "clocks.yaml").read_text(encoding="utf-8")
    )["clocks"]
}
APPS = ("network", "casework", "referral", "shelters", "hotline", "figures", "config")
SOFT = {guard for guard, strength in rules.GUARDS.items() if strength is rules.Strength.SOFT}


@pytest.mark.parametrize(
    ("code_list", "asked"),
    [
        ("closure_reason", closing.REASONS),
        ("override_guard", SOFT),
        ("consent_group", CONSENTED),
        ("referral_law", STATUTES.keys()),
    ],
)
def test_a_list_that_the_code_knows_whole_says_the_same(code_list, asked):
    assert LISTS[code_list] == set(asked)


@pytest.mark.parametrize(
    ("code_list", "asked"),
    [
        ("need_now", rules.AGREED.keys()),
        ("need_now", rules.ALONE),
        ("bed_tag", NEEDS.keys()),
        ("decline_reason", {conflicts.CONFLICT, Silence.NOT_REACHABLE}),
        ("return_reason", {conflicts.CONFLICT, Silence.DID_NOT_COME}),
        ("referral_outcome", {Silence.DID_NOT_COME}),
        ("discharge_reason", {DIED}),
        ("not_placed_reason", {DIED}),
    ],
)
def test_a_code_with_a_rule_of_its_own_is_on_its_list(code_list, asked):
    assert set(asked) - LISTS[code_list] == set()


def _said_in(file: Path) -> set[str]:
    """Every text of a module that is the name of a clock."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    texts = {one.value for one in nodes if isinstance(one, ast.Constant)}
    return {text for text in texts if isinstance(text, str)} & CLOCKS


def test_clocks_that_the_code_names_stand_in_one_place():
    """What is not there no file need have, and the first report would fail for want of it."""
    files = [
        file
        for app in APPS
        for file in (BASE_DIR / app).rglob("*.py")
        if "migrations" not in file.parts and file != BASE_DIR / "network" / "clocks.py"
    ]

    assert set().union(*map(_said_in, files)) == NAMED
