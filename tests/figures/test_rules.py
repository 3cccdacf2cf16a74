"""Rounding that nobody can undo, and that everybody can rely on."""

from datetime import date
from statistics import mean

import pytest

from figures import rules

SECRET = b"s" * 32


def keys_of(numbers, kind="case"):
    return [rules.record_key(SECRET, kind, number) for number in numbers]


def rounded(numbers, kind="case"):
    u, _coin = rules.draw(SECRET, keys_of(numbers, kind))
    return rules.for_network(len(list(numbers)), u)


def test_same_records_give_the_same_figure_in_any_order():
    assert rounded([1, 2, 3]) == rounded([3, 1, 2])


def test_same_ids_of_another_kind_draw_another_chance():
    one, other = keys_of([1, 2], "case"), keys_of([1, 2], "stay")

    assert rules.draw(SECRET, one) != rules.draw(SECRET, other)


@pytest.mark.parametrize(
    ("count", "u", "figure"),
    [
        (0, 0.0, 0),
        (1, 0.19, 5),
        (1, 0.2, 0),
        (4, 0.79, 5),
        (4, 0.8, 0),
        (5, 0.0, 5),
        (7, 0.39, 10),
        (7, 0.4, 5),
        (10, 0.999, 10),
    ],
)
def test_network_figure_at_its_edges(count, u, figure):
    assert rules.for_network(count, u) == figure


@pytest.mark.parametrize(
    ("network", "coin", "public"), [(0, 1, 0), (5, 0, 0), (5, 1, 10), (10, 1, 10), (15, 0, 10)]
)
def test_public_figure_is_made_from_the_networks_alone(network, coin, public):
    assert rules.for_public(network, coin) == public


def test_rounding_has_no_drift():
    errors = [rounded(range(n * 10, n * 10 + 3)) - 3 for n in range(4000)]

    assert abs(mean(errors)) < 0.15


@pytest.mark.parametrize("count", range(1, 30))
def test_every_figure_holds_the_truth_within_its_base(count):
    figure = rounded(range(count))

    assert figure - rules.BASE["network"] < count < figure + rules.BASE["network"]


@pytest.mark.parametrize(
    ("name", "start", "end", "months"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1), 1),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1), 1),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), 3),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), 12),
    ],
)
def test_span_of_a_name(name, start, end, months):
    assert rules.span(name) == rules.Span(name, start, end, months)


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-Q5", "20", "2026x", "abcd", "2026-", "", "2026-1", "２０２６"]
)
def test_a_name_that_is_no_period_is_refused(name):
    with pytest.raises(ValueError):
        rules.span(name)


def test_periods_end_in_the_order_of_their_release():
    ended = rules.spans_ended(date(2027, 1, 1), date(2026, 9, 1))

    assert [s.name for s in ended] == [
        "2026-09", "2026-Q3", "2026-10", "2026-11", "2026-12", "2026-Q4", "2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("2026-12", ["2026-11", "2027-01", "2026-Q4", "2026"]),
        ("2026-Q1", ["2025-Q4", "2026-Q2", "2026", "2026-01", "2026-02", "2026-03"]),
        ("2026", ["2025", "2027", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
    ],
)
def test_what_lies_beside_a_period(name, beside):
    assert rules.beside(rules.span(name)) == beside


def test_a_month_that_is_not_over_is_not_among_them():
    assert rules.spans_ended(date(2026, 10, 31), date(2026, 10, 1)) == []


@pytest.mark.parametrize(
    ("a_year", "months", "cells", "shown"),
    [
        (160, 1, 1, True),
        (160, 1, 3, False),
        (60, 1, 1, True),
        (59, 1, 1, False),
        (160, 12, 32, True),
    ],
)
def test_margin_is_shown_when_its_cells_hold_the_base_on_average(a_year, months, cells, shown):
    dense = rules.is_dense_enough(a_year=a_year, months=months, cells=cells, audience="network")

    assert dense is shown
