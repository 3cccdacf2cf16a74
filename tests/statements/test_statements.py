"""No page and no action asks more of the database than its row says, however much there is.

Pages are asked for over HTTP, by each role that gets them, of a database in which every list is
filled; then all is filled once more. Counted is all that a request says to the database: session,
person, context, BEGIN and COMMIT included.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.statements import counting, life, pages
from tests.statements.actions import public_actions
from tests.statements.counting import Statements, table, told
from tests.statements.town import Town

pytestmark = pytest.mark.django_db

MOST = 12
# A page that opens something sealed must, beside what it shows, see and take the case, load it
# again under its lock, ask what one may open, fetch the key, write down who looked, and give the
# context back: six or seven that no other page has.
OPENING = {"casework:case": 17, "casework:piece": 15, "casework:wishes": 14, "casework:blocks": 14}
MOST_OF_A_REPORT = 60
Asked = dict[str, dict[str, Statements]]
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Measured:
    """What pages took, what the dearest of each took with twice the rows, what actions took."""

    pages: Asked
    again: Asked
    actions: dict[str, Statements]

    @property
    def page_counts(self) -> Counts:
        return {
            name: {role: len(sql) for role, sql in asked.items()}
            for name, asked in self.pages.items()
        }

    @property
    def action_counts(self) -> dict[str, int]:
        return {name: len(sql) for name, sql in self.actions.items()}


@pytest.fixture(scope="module")
def measured(town: Town, django_db_blocker: Any) -> Measured:
    with django_db_blocker.unblock():
        people = pages.clients()
        known = {} if counting.WRITING else table("pages")
        asked = pages.measure(town, people, known, others=people)
        life.again(town)
        dearest = {
            name: [max(by_role, key=lambda role: len(by_role[role]))]
            for name, by_role in asked.items()
        }
        found = Measured(asked, pages.measure(town, people, dearest), town.said)
    if counting.WRITING:
        counting.write("pages", found.page_counts)
        counting.write("actions", found.action_counts)
    return found


def test_every_page_has_its_row(measured: Measured) -> None:
    rows = {name: set(by_role) for name, by_role in table("pages").items()}

    assert rows == {name: set(by_role) for name, by_role in measured.pages.items()}


def test_no_page_asks_more_than_its_row_says(measured: Measured) -> None:
    rows = table("pages")

    over = [
        told(f"{name} {role}", sql)
        for name, asked in measured.pages.items()
        for role, sql in asked.items()
        if len(sql) > rows.get(name, {}).get(role, len(sql))
    ]

    assert not over, "\n".join(over)


def test_twelve_are_enough_for_a_page() -> None:
    dearest: dict[str, int] = {}
    for name, by_role in table("pages").items():
        page = name.split(" ")[0]
        dearest[page] = max(*by_role.values(), dearest.get(page, 0))

    assert {page: most for page, most in dearest.items() if most > MOST} == OPENING


def test_twice_the_rows_cost_no_statement_more(measured: Measured) -> None:
    grown = [
        told(f"{name} {role}, at first {len(measured.pages[name][role])}", sql)
        for name, asked in measured.again.items()
        for role, sql in asked.items()
        if len(sql) > len(measured.pages[name][role])
    ]

    assert not grown, "\n".join(grown)
    assert measured.again.keys() == measured.pages.keys()


def test_every_action_has_its_row(measured: Measured) -> None:
    assert set(public_actions()) <= {name.split(" ")[0] for name in table("actions")}


def test_no_action_asks_more_than_its_row_says(measured: Measured) -> None:
    rows = table("actions")

    over = [
        told(name, sql) for name, sql in measured.actions.items() if len(sql) > rows.get(name, 0)
    ]

    assert not over, "\n".join(over)
    assert rows.keys() == measured.actions.keys()


def test_a_report_with_its_flow_takes_sixty_at_most() -> None:
    rows = table("actions")

    reports = {name: n for name, n in rows.items() if name.startswith("casework.report_case")}

    assert max(reports.values()) <= MOST_OF_A_REPORT
