"""The month's page and its files."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from figures import charts, exports, pages, rules
from network.actors import Actor
from network.models import FigureEstimate, User
from tests.browser.sessions import session_for
from tests.conftest import NOW
from tests.figures.test_mart import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hung_yen")]


@pytest.fixture
def client_of(settings) -> Callable[[Actor], Client]:
    def make(actor: Actor) -> Client:
        client = Client()
        user = User.objects.get(pk=actor.user_id)
        client.cookies[settings.SESSION_COOKIE_NAME] = session_for(user)
        return client

    return make


@pytest.fixture
def november(report: Callable[..., UUID]) -> str:
    for _ in range(3):
        report()
    build()
    return "2026-11"


def test_page_shows_tables_with_the_sentence(client_of, cast, november) -> None:
    answer = client_of(cast["analyst"]).get(reverse("figures:period", args=[november]))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert exports.sentence(5) in text
    assert "bội số của 5" in text


def test_page_asks_at_most_twelve_statements(
    client_of, cast, november, django_assert_max_num_queries
) -> None:
    client = client_of(cast["analyst"])
    url = reverse("figures:period", args=[november])
    client.get(url)

    with django_assert_max_num_queries(12):
        client.get(url)


@pytest.mark.parametrize("name", ["2025-01", "2026-13", "x", "2026-11%27"])
def test_page_of_no_period_is_not_there(client_of, cast, november, name) -> None:
    assert client_of(cast["analyst"]).get(f"/so-lieu/{name}").status_code == 404


def test_reporter_reads_no_figures(client_of, cast, november) -> None:
    answer = client_of(cast["officer"]).get(reverse("figures:period", args=[november]))

    assert answer.status_code == 403


def test_draft_for_the_public_is_the_analysts(client_of, cast, november) -> None:
    url = reverse("figures:draft", args=[november])

    assert client_of(cast["analyst"]).get(url).status_code == 200
    assert client_of(cast["supervisor"]).get(url).status_code == 403


def test_index_leads_to_the_newest_month(client_of, cast, november) -> None:
    answer = client_of(cast["analyst"]).get(reverse("figures:index"))

    assert answer.headers["Location"] == reverse("figures:period", args=[november])


def test_without_a_counted_month_the_page_teaches(client_of, cast) -> None:
    answer = client_of(cast["analyst"]).get(reverse("figures:index"))

    assert answer.status_code == 200


def test_files_hold_what_the_page_holds(client_of, cast, november) -> None:
    page = pages.page(november, "network")

    plain = client_of(cast["analyst"]).get(reverse("figures:csv", args=[november]))
    book = client_of(cast["analyst"]).get(reverse("figures:xlsx", args=[november]))

    text = plain.content.decode("utf-8-sig")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    assert all(grid.title in text for grid in page.grids)
    assert len(sheets.sheetnames) == len(page.grids)
    assert exports.sentence(5) in text


def test_cell_that_begins_like_a_formula_is_text() -> None:
    assert exports._plain("=1+1") == "'=1+1"


def test_bars_are_as_long_as_their_figures() -> None:
    chart = charts.rows([("a", 10), ("b", 5)], "")

    assert chart.bars[1].width == pytest.approx(chart.bars[0].width / 2, abs=0.2)


def test_no_bar_of_nothing() -> None:
    assert charts.rows([("a", 0)], "").bars[0].width == 0


def test_a_label_too_long_to_stand_before_its_bar_stands_above_it():
    short, long = ("Công an", 10), ("Địa chỉ tin cậy, địa chỉ nhân ái", 5)

    beside, above = charts.rows([short], "").bars[0], charts.rows([short, long], "").bars

    assert (beside.words, beside.x > 0) == (beside.baseline, True)
    assert [bar.x for bar in above] == [0, 0]
    assert all(bar.words < bar.y for bar in above)
    assert above[0].y + above[0].height < above[1].words - 17


def test_thin_tables_stand_by_the_time_they_wait_for() -> None:
    thin = [pages.Thin("a", 0, ""), pages.Thin("b", 12, "2026"), pages.Thin("c", 3, "2026-Q4")]
    thin.append(pages.Thin("d", 12, "2026"))
    page = pages.Page(None, None, 0, None, thin=thin)

    assert page.waiting == [(3, "2026-Q4", ["c"]), (12, "2026", ["b", "d"]), (0, "", ["a"])]


def test_a_total_that_is_too_thin_is_not_shown_as_nothing(client_of, cast, report) -> None:
    FigureEstimate.objects.filter(table="T1").update(total=12)
    report()
    build()

    answer = client_of(cast["analyst"]).get(reverse("figures:period", args=["2026-11"]))

    assert pages.page("2026-11", "network").total is None
    assert "vụ việc mới." not in answer.content.decode()


def test_a_month_without_a_case_stands_in_the_trend(report) -> None:
    report(at=NOW - timedelta(days=70))
    report()
    for name in ("2026-09", "2026-10", "2026-11"):
        build(name)

    trend = pages.page("2026-11", "network").trend

    assert [bar.label for bar in trend.bars] == ["9", "10", "11"]


def test_from_a_month_its_quarter_and_its_year_are_one_step_away(client_of, cast, report) -> None:
    report(at=NOW - timedelta(days=300))
    for name in ("2026-05", "2026-06", "2026-Q2", "2026"):
        build(name, at=datetime(2027, 1, 2, tzinfo=UTC))

    page = client_of(cast["analyst"]).get(reverse("figures:period", args=["2026-06"]))

    assert pages.neighbours(rules.span("2026-06")) == ["2026-05", "2026-Q2", "2026"]
    assert f'href="{reverse("figures:period", args=["2026"])}">' in page.content.decode()


def test_from_a_draft_one_stays_among_drafts(client_of, cast, report) -> None:
    report(at=NOW - timedelta(days=40))
    for name in ("2026-10", "2026-11"):
        build(name)

    page = client_of(cast["analyst"]).get(reverse("figures:draft", args=["2026-11"]))

    assert reverse("figures:draft", args=["2026-10"]) in page.content.decode()
    assert f'"{reverse("figures:period", args=["2026-10"])}"' not in page.content.decode()
